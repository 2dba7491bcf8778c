using System.Text;

namespace MlNetMultiTask.Evaluation;

/// <summary>Cells in rows and columns, for the console and as Markdown.</summary>
/// <param name="head">The names of the columns.</param>
internal sealed class TextTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Columns of equal width, the first aligned left and the others right.</summary>
    public override string ToString()
    {
        string[][] all = [head, .. _rows];
        int[] widths = [.. head.Select((_, column) => all.Max(row => row[column].Length))];
        return string.Join(Environment.NewLine, all.Select(row => string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd()));
    }

    /// <summary>A table of Markdown. Names that users gave can't break it.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Append(text, head);
        Append(text, [.. head.Select((_, column) => column == 0 ? "---" : "---:")]);
        _rows.ForEach(row => Append(text, [.. row.Select(Escape)]));
        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |").AppendLine();

    private static string Escape(string cell)
    {
        var text = new StringBuilder();
        foreach (char c in cell)
        {
            text.Append(char.IsControl(c) ? " " : c is '|' or '\\' or '<' or '>' or '*' or '_' or '`' or '[' or ']' ? $"\\{c}" : c.ToString());
        }

        return text.ToString();
    }
}
