namespace MlNetMultiTask.Tests.Documentation;

/// <summary>Files of the repository in which these tests were built.</summary>
internal static class RepositoryFiles
{
    /// <summary>The build that runs: "Debug" or "Release". Output paths end in bin/{configuration}/{framework}.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;

    private static string Framework { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Name;

    public static string Penguins => Get("examples/QuickStart/data/penguins.csv");

    /// <summary>The quick start as the build of these tests has built it.</summary>
    public static string QuickStart => Get($"examples/QuickStart/bin/{Configuration}/{Framework}/QuickStart.dll");

    public static string Get(string path)
    {
        string full = Repository.PathOf(path);
        return File.Exists(full) ? full : throw new FileNotFoundException($"The repository has no file '{path}'.", full);
    }
}
