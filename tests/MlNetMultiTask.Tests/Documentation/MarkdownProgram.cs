using System.Text.RegularExpressions;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>
/// A program in a page of documentation: a block of C#, and the blocks after it that go on from it because a hidden
/// comment, &lt;!-- continues --&gt;, stands before them. A block of text after &lt;!-- prints --&gt; is what it prints.
/// </summary>
internal sealed partial record MarkdownProgram(string Page, IReadOnlyList<MarkdownProgram.Block> Code, IReadOnlyList<string> Prints)
{
    /// <summary>Where the program begins, for example <c>README.md:12</c>.</summary>
    public string Place => $"{Page}:{Code[0].Line}";

    /// <summary>The pages with programs: the README and everything in docs/.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        ["README.md", .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(path => "docs/" + Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<MarkdownProgram> ReadAll() => [.. Pages.SelectMany(page => Read(page, File.ReadAllText(RepositoryFiles.Get(page))))];

    public static IReadOnlyList<MarkdownProgram> Read(string page, string markdown)
    {
        var programs = new List<MarkdownProgram>();
        foreach (Match fence in Fence().Matches(markdown))
        {
            // Line numbers count from 1, and the code begins on the line after the fence's.
            var block = new Block(fence.Groups["body"].Value, markdown.AsSpan(0, fence.Groups["body"].Index).Count('\n') + 1);
            string note = fence.Groups["note"].Value;
            switch (fence.Groups["language"].Value, note)
            {
                case ("csharp", "continues"):
                    programs[^1] = programs[^1] with { Code = [.. programs[^1].Code, block] };
                    break;
                case ("csharp", ""):
                    programs.Add(new MarkdownProgram(page, [block], []));
                    break;
                case ("text", "prints"):
                    programs[^1] = programs[^1] with { Prints = [.. programs[^1].Prints, .. block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)] };
                    break;
                case (_, ""):
                    break;
                default:
                    throw new FormatException($"{page}:{block.Line - 1}: a block of {fence.Groups["language"].Value} can't be marked '{note}'.");
            }
        }

        return programs;
    }

    [GeneratedRegex(@"(?:<!-- *(?<note>\w+) *-->\s*\n)?^```(?<language>\w+)[^\n]*\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    internal sealed record Block(string Text, int Line);
}
