namespace MlNetMultiTask.Tests;

/// <summary>Where the sources are, for tests that read them: the folder of the solution, above the test's output.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files of the repository by their path below its root, build output left out.</summary>
    public static IReadOnlyList<string> Files(string below, string pattern) =>
    [
        .. Directory.EnumerateFiles(PathOf(below), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or ".git"))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MlNetMultiTask.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run from the output folder of a clone: no folder above it holds MlNetMultiTask.sln.");
    }
}
