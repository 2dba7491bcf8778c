using System.Xml.Linq;
using MlNetMultiTask.Tests.Documentation;

namespace MlNetMultiTask.Tests.Build;

/// <summary>
/// The package, made once of what the tests were built with, under a version that nobody has seen, in a folder that serves as a
/// source of packages.
/// </summary>
public sealed class PackedLibrary : IAsyncLifetime
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    /// <summary>The source of packages.</summary>
    public string Source => Path.Combine(_folder.FullName, "packages");

    /// <summary>The package's version.</summary>
    public string Version { get; } = $"0.0.1-test.{Guid.NewGuid():N}";

    /// <summary>The package.</summary>
    public string Package => Path.Combine(Source, $"MlNetMultiTask.{Version}.nupkg");

    /// <summary>The package of its symbols.</summary>
    public string Symbols => Path.ChangeExtension(Package, ".snupkg");

    /// <summary>The version of a package that the repository uses.</summary>
    public static string VersionOf(string package) =>
        XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion").Single(element => element.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    /// <summary>Makes the package. Nothing is built: other tests build and run at the same time.</summary>
    public async Task InitializeAsync()
    {
        ProgramRun run = await ProgramRun.DotnetAsync(
            _folder.FullName,
            _limit,
            "pack", Repository.PathOf("src", "MlNetMultiTask"), "--no-build", "--configuration", RepositoryFiles.Configuration, "--output", Source, $"-p:Version={Version}");

        Assert.True(run.ExitCode == 0 && File.Exists(Package), run.Everything);
    }

    /// <summary>Removes the package, also from the cache into which restoring has unpacked it.</summary>
    public async Task DisposeAsync()
    {
        ProgramRun run = await ProgramRun.DotnetAsync(_folder.FullName, _limit, "nuget", "locals", "global-packages", "--list");
        string unpacked = Path.Combine(run.Output[(run.Output.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), "mlnetmultitask", Version);
        if (Directory.Exists(unpacked))
        {
            Directory.Delete(unpacked, recursive: true);
        }

        _folder.Delete(recursive: true);
    }
}
