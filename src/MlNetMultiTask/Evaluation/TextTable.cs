using System.Globalization;
using System.Text;

namespace MlNetMultiTask.Evaluation;

/// <summary>A table of texts, which can be written for the console and as Markdown.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">The heads of the columns, and whether they hold numbers, which end at the same place.</param>
/// <param name="Rows">The cells.</param>
internal sealed record TextTable(string Title, IReadOnlyList<(string Head, bool IsNumber)> Columns, IReadOnlyList<string[]> Rows)
{
    /// <summary>Characters that Markdown or HTML would take for more than themselves.</summary>
    private const string Special = "\\`*_[]<>&|#~$!";

    /// <summary>Writes tables for the console or as Markdown, each with an empty line behind it.</summary>
    public static StringBuilder Write(IEnumerable<TextTable> tables, bool isMarkdown)
    {
        var text = new StringBuilder();
        foreach (TextTable table in tables)
        {
            if (isMarkdown)
            {
                table.AppendMarkdown(text);
            }
            else
            {
                table.AppendPlain(text);
            }

            text.AppendLine();
        }

        return text;
    }

    public void AppendPlain(StringBuilder text)
    {
        string[][] rows = [[.. Columns.Select(column => OneLine(column.Head))], .. Rows.Select(row => row.Select(OneLine).ToArray())];
        int[] widths = [.. Enumerable.Range(0, Columns.Count).Select(column => rows.Max(row => row[column].Length))];
        text.AppendLine(OneLine(Title));
        foreach (string[] row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, i) => Columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    public void AppendMarkdown(StringBuilder text)
    {
        text.Append("**").Append(Escape(Title)).Append("**").AppendLine().AppendLine();
        Append(Columns.Select(column => Escape(column.Head)));
        Append(Columns.Select(column => column.IsNumber ? "---:" : "---"));
        foreach (string[] row in Rows)
        {
            Append(row.Select(Escape));
        }

        void Append(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
    }

    /// <summary>Names of users may hold line breaks, and what moves a terminal's cursor or turns the direction of writing.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(letter => IsLayout(letter) ? ' ' : letter));

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in OneLine(text))
        {
            if (letter == '<')
            {
                escaped.Append("&lt;");
            }
            else
            {
                escaped.Append(Special.Contains(letter, StringComparison.Ordinal) ? "\\" : "").Append(letter);
            }
        }

        return escaped.ToString();
    }

    private static bool IsLayout(char letter) => char.IsControl(letter)
        || char.GetUnicodeCategory(letter) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
