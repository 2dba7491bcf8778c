using MlNetMultiTask.Tests.Quality;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>Every single-file program in examples/, run as its first lines say: "dotnet run file.cs".</summary>
[Trait("Category", "Long")]
public sealed class ExampleTests : IDisposable
{
    private const string FashionExample = "02-fashion-mnist.cs";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(6);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    /// <summary>The examples that need nothing but the repository.</summary>
    public static TheoryData<string> Examples =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.cs").Select(Path.GetFileName).Cast<string>()
            .Where(name => name != FashionExample).Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Examples))]
    public Task It_runs(string example) => RunAsync(example);

    [FashionMnistFact]
    public async Task The_network_of_the_article_runs()
    {
        ProgramRun run = await RunAsync(FashionExample);

        Assert.Contains("Epoch 5 of 5", run.Output, StringComparison.Ordinal);
        Assert.Contains("Kind (MulticlassClassification, 10000 rows): MicroAccuracy 0.8", run.Output, StringComparison.Ordinal);
        Assert.Contains("Group (MulticlassClassification, 10000 rows): MicroAccuracy 0.9", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_data_the_network_of_the_article_says_what_is_missing_and_how_to_get_it()
    {
        ProgramRun run = await StartAsync(FashionExample, _folder.FullName);

        Assert.True(run.ExitCode == 1, run.Everything);
        Assert.Contains($"There is no train-images-idx3-ubyte.gz in the folder '{_folder.FullName}'.", run.Error, StringComparison.Ordinal);
        Assert.Contains("apt-get install dataset-fashion-mnist", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", run.Everything, StringComparison.Ordinal);
    }

    private async Task<ProgramRun> RunAsync(string example)
    {
        ProgramRun run = await StartAsync(example);

        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain("Unhandled exception", run.Everything, StringComparison.Ordinal);
        Assert.StartsWith("//", await File.ReadAllTextAsync(RepositoryFiles.Get($"examples/{example}")), StringComparison.Ordinal);
        return run;
    }

    private Task<ProgramRun> StartAsync(string example, params string[] arguments) =>
        ProgramRun.DotnetAsync(_folder.FullName, _limit, ["run", RepositoryFiles.Get($"examples/{example}"), .. arguments]);
}
