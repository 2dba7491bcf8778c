using MlNetMultiTask.Tests.Quality;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>Every single-file program in examples/, run as its first lines say: "dotnet run file.cs".</summary>
[Trait("Category", "Long")]
public sealed class ExampleTests : IDisposable
{
    private const string FashionExample = "02-fashion-mnist.cs";

    private const string UnbalancedExample = "03-unbalanced-classes.cs";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(6);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    /// <summary>The examples that need nothing but the repository.</summary>
    public static TheoryData<string> Examples =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.cs").Select(Path.GetFileName).Cast<string>()
            .Where(name => name is not (FashionExample or UnbalancedExample)).Order(StringComparer.Ordinal),
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

    [Fact]
    public async Task Without_its_data_the_example_of_unbalanced_classes_says_how_to_get_them()
    {
        ProgramRun run = await StartAsync(UnbalancedExample);

        Assert.True(run.ExitCode == 1, run.Everything);
        Assert.Contains("There is no file 'lending_club.csv'.", run.Error, StringComparison.Ordinal);
        Assert.Contains("apt-get install r-cran-modeldata", run.Error, StringComparison.Ordinal);
        Assert.Contains("""Rscript -e 'data(lending_club, package="modeldata"); write.csv(lending_club, "lending_club.csv", row.names=FALSE)'""", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", run.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_unbalanced_classes_names_a_column_that_the_file_lacks()
    {
        string path = Path.Combine(_folder.FullName, "other.csv");
        await File.WriteAllTextAsync(path, "\"Class\",\"int_rate\"\n\"good\",5\n");

        ProgramRun run = await StartAsync(UnbalancedExample, path);

        Assert.True(run.ExitCode == 1, run.Everything);
        Assert.Contains($"The file '{path}' has no column 'verification_status'", run.Error, StringComparison.Ordinal);
    }

    /// <summary>On rows made up here, in the file's format: its own are in a package of R that few machines have.</summary>
    [Fact]
    public async Task The_example_of_unbalanced_classes_runs()
    {
        string path = Path.Combine(_folder.FullName, "lending_club.csv");
        await File.WriteAllLinesAsync(path, MakeLoans(600));

        ProgramRun run = await RunAsync(UnbalancedExample, path);

        Assert.Contains("Test rows, 5 seeds", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["plain", "balanced weights", "tuned threshold", "both"],
            run.Output.Split('\n').Where(line => line.Contains('±', StringComparison.Ordinal)).Skip(1).Select(line => line.Split('|')[1].Trim()));
        Assert.DoesNotContain("NaN", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The lines of a file as R writes it, with a column before and a column between that the example does not read.</summary>
    private static IEnumerable<string> MakeLoans(int count)
    {
        const string Header = "\"\",\"funded_amnt\",\"term\",\"int_rate\",\"sub_grade\",\"addr_state\",\"verification_status\",\"annual_inc\",\"emp_length\",\"delinq_2yrs\","
            + "\"inq_last_6mths\",\"revol_util\",\"acc_now_delinq\",\"open_il_6m\",\"open_il_12m\",\"open_il_24m\",\"total_bal_il\",\"all_util\",\"inq_fi\","
            + "\"inq_last_12m\",\"delinq_amnt\",\"num_il_tl\",\"total_il_high_credit_limit\",\"Class\"";
        yield return Header;
        var random = new Random(1);
        for (int i = 1; i <= count; i++)
        {
            int usage = random.Next(100);
            string numbers = string.Join(',', Enumerable.Range(0, 11).Select(_ => random.Next(10)));
            yield return FormattableString.Invariant(
                $"\"{i}\",{random.Next(1000, 40000)},\"term_{random.Next(1, 3)}\",{5 + (usage / 10.0)},\"C1\",\"S{random.Next(5)}\",\"V{random.Next(3)}\",{random.Next(20000, 90000)},\"emp_{random.Next(5)}\",{random.Next(3)},{random.Next(3)},{usage},{numbers},\"{(usage > 90 ? "bad" : "good")}\"");
        }
    }

    private async Task<ProgramRun> RunAsync(string example, params string[] arguments)
    {
        ProgramRun run = await StartAsync(example, arguments);

        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain("Unhandled exception", run.Everything, StringComparison.Ordinal);
        Assert.StartsWith("//", await File.ReadAllTextAsync(RepositoryFiles.Get($"examples/{example}")), StringComparison.Ordinal);
        return run;
    }

    private Task<ProgramRun> StartAsync(string example, params string[] arguments) =>
        ProgramRun.DotnetAsync(_folder.FullName, _limit, ["run", RepositoryFiles.Get($"examples/{example}"), .. arguments]);
}
