namespace MlNetMultiTask.Tests.Documentation;

/// <summary>Every single-file program in examples/, run as its first line says: "dotnet run file.cs".</summary>
[Trait("Category", "Long")]
public sealed class ExampleTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(6);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.cs").Select(Path.GetFileName).Order(StringComparer.Ordinal).Cast<string>()];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task It_runs(string example)
    {
        ProgramRun run = await ProgramRun.DotnetAsync(_folder.FullName, _limit, "run", RepositoryFiles.Get($"examples/{example}"));

        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain("Unhandled exception", run.Everything, StringComparison.Ordinal);
        Assert.StartsWith("//", await File.ReadAllTextAsync(RepositoryFiles.Get($"examples/{example}")), StringComparison.Ordinal);
    }
}
