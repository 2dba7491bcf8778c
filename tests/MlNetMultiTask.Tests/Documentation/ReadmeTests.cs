using System.Globalization;
using System.Text.RegularExpressions;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>
/// Every block of C# in README.md and docs/ compiles without warnings, runs in a process of its own in a folder that
/// holds penguins.csv, and prints what the page says.
/// </summary>
[Trait("Category", "Long")]
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(180);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    public static TheoryData<string> Programs => [.. MarkdownProgram.ReadAll().Select(program => program.Place)];

    public static TheoryData<string> Pages => [.. MarkdownProgram.Pages];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_runs_and_prints_what_the_page_says(string place)
    {
        MarkdownProgram program = MarkdownProgram.ReadAll().Single(program => program.Place == place);
        string path = Path.Combine(_folder.FullName, "Snippet.dll");
        MarkdownCompiler.Compile(program, path);
        File.Copy(RepositoryFiles.Penguins, Path.Combine(_folder.FullName, "penguins.csv"));

        ProgramRun run = await ProgramRun.DotnetAsync(
            _folder.FullName, _limit, "exec", "--depsfile", Beside(".deps.json"), "--runtimeconfig", Beside(".runtimeconfig.json"), path);

        Assert.True(run.ExitCode == 0, run.Everything);
        string[] printed = run.Output.Split('\n');
        foreach (string expected in program.Prints)
        {
            Assert.True(Array.Exists(printed, line => IsLike(expected, line)), $"No line like '{expected}' was printed. {run.Everything}");
        }
    }

    /// <summary>Links to the repository's own files, which nobody notices when they break.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(RepositoryFiles.Get(page))!;
        string[] broken = [.. Link().Matches(File.ReadAllText(RepositoryFiles.Get(page)))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])))];

        Assert.Empty(broken);
    }

    [Fact]
    public void A_page_is_taken_apart_into_programs()
    {
        const string Markdown = "# A\n```csharp\none();\n```\ntext\n<!-- prints -->\n```text\n1\n\n2\n```\n<!-- continues -->\n```csharp\ntwo();\n```\n```xml\n<x/>\n```\n```csharp\nthree();\n```\n";

        IReadOnlyList<MarkdownProgram> programs = MarkdownProgram.Read("page.md", Markdown);

        Assert.Equal(["page.md:3", "page.md:20"], programs.Select(program => program.Place));
        Assert.Equal(["one();\n", "two();\n"], programs[0].Code.Select(block => block.Text));
        Assert.Equal(14, programs[0].Code[1].Line);
        Assert.Equal(["1", "2"], programs[0].Prints);
        Assert.Empty(programs[1].Prints);
    }

    [Theory]
    [InlineData("accuracy 0.97", "accuracy 0.93", true)]
    [InlineData("accuracy 0.97", "accuracy 0.77", false)]
    [InlineData("5600 g", "5300 g", true)]
    [InlineData("5600 g", "3300 g", false)]
    [InlineData("Gentoo", "Adelie", false)]
    [InlineData("a 1", "a 1 2", false)]
    public void Figures_may_differ_a_little_and_words_not(string expected, string printed, bool alike) =>
        Assert.Equal(alike, IsLike(expected, printed));

    /// <summary>The same words; numbers within a tenth, since another processor rounds otherwise.</summary>
    private static bool IsLike(string expected, string printed)
    {
        if (Number().Replace(expected, "#") != Number().Replace(printed, "#"))
        {
            return false;
        }

        return Number().Matches(expected).Zip(Number().Matches(printed)).All(pair =>
        {
            double left = double.Parse(pair.First.Value, CultureInfo.InvariantCulture);
            double right = double.Parse(pair.Second.Value, CultureInfo.InvariantCulture);
            return Math.Abs(left - right) <= 0.1 * Math.Max(1, Math.Abs(left));
        });
    }

    /// <summary>A file of these tests: with them a snippet finds the assemblies that it was compiled against.</summary>
    private static string Beside(string extension) =>
        Path.Combine(AppContext.BaseDirectory, typeof(ReadmeTests).Assembly.GetName().Name + extension);

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
