using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Analyses as they are written and as data.</summary>
public sealed class TaskAnalysisTextTests
{
    private static readonly LabelledRow[] _rows =
    [
        .. Enumerable.Range(0, 40).Select(i => new LabelledRow { A = (uint)(i % 4), B = (uint)(i % 4 / 2), X = i }),
        new() { A = 1, X = 20 },
    ];

    [Fact]
    public void The_console_gets_aligned_tables()
    {
        string[] expected =
        [
            "Labels in 41 rows",
            "Label  Kind                      Labelled  Distinct  Compared as  Entropy (bits)",
            "A      MulticlassClassification        41         4  classes               1.999",
            "B      MulticlassClassification        40         2  classes               1.000",
            "X      Regression                      41        40  8 bins                2.997",
            "",
            "How labels map onto one another (found: adjusted p up to 0.01, 1,200 permutations at most)",
            "From  To  Rows  Overlap  Mapping               Exceptions    NMI  by chance  H(To|From)  Explained     η²  Adjusted p  Found",
            "A     B     40    97.6%  function, surjective        0.0%  0.667      0.039       0.000     100.0%             0.0025  yes",
            "B     A     40    97.6%  no function                50.0%  0.667      0.039       1.000      50.0%             0.0025  yes",
            "A     X     41   100.0%  no function                80.5%  0.031      0.180       2.920       2.6%  0.009      1.0000  no",
            "X     A     41   100.0%  no function                61.0%  0.031      0.180       1.921       3.9%  0.009      1.0000  no",
            "B     X     40    97.6%  no function                85.0%  0.015      0.075       2.971       1.0%  0.008      1.0000  no",
            "X     B     40    97.6%  no function                40.0%  0.015      0.075       0.971       2.9%  0.008      1.0000  no",
            "",
            "Rows by the tasks that have a label",
            "Rows  Share  A      B      X",
            "  40  97.6%  label  label  label",
            "   1   2.4%  label  -      label",
            "",
            "Warnings",
            "Determines: 'A' determines 'B', in all 40 rows that have both. A model of the first predicts the second as well; as a feature, the first would give the second away.",
        ];

        Assert.Equal(expected, LabelledRow.Analyze(_rows, new TaskAnalysisOptions { Seed = 1 }, "A", "B", "X").ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void Texts_are_the_same_in_every_culture()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(_rows, new TaskAnalysisOptions { Seed = 1 }, "A", "B", "X");
        (string, string, string) Write() => (analysis.ToString(), analysis.ToMarkdown(), string.Join('\n', [.. analysis.Labels, .. analysis.Relations, .. analysis.MissingPatterns]));
        (string, string, string) usual = Write();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Assert.Equal(usual, Write());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Names_of_users_break_no_table()
    {
        const string Evil = "a|b\n<i>`*\u001b[31m\u2028\u202e";
        var ml = new MLContext(seed: 1);
        TaskAnalysis analysis = ml.MultiTask.AnalyzeTasks(
            ml.Data.LoadFromEnumerable(_rows),
            [PredictionTask.MulticlassClassification(Evil, labelColumnName: "A"), PredictionTask.MulticlassClassification("B")],
            new TaskAnalysisOptions { Seed = 1 });

        string[] lines = analysis.ToMarkdown().ReplaceLineEndings("\n").Split('\n');
        int[] bars = [.. lines.Where(line => line.StartsWith('|')).Select(line => Regex.Count(line, @"(?<!\\)\|"))];

        // The head, its rule and the rows of each table: 6, 12 and 4 columns.
        Assert.Equal([7, 7, 7, 7, 13, 13, 13, 13, 5, 5, 5, 5], bars);
        Assert.Contains(lines, line => line.StartsWith(@"| a\|b &lt;i\>\`\* \[31m", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(@"- Determines: 'a\|b ", StringComparison.Ordinal));
        Assert.All([analysis.ToMarkdown(), analysis.ToString()], text => Assert.DoesNotMatch("[\u001b\u2028\u202e]", text));
        Assert.Equal(
            LabelledRow.Analyze(_rows, new TaskAnalysisOptions { Seed = 1 }, "A", "B").ToString().Split('\n').Length,
            analysis.ToString().Split('\n').Length);
    }

    [Fact]
    public void Relations_are_data()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(_rows, new TaskAnalysisOptions { Seed = 1 }, "A", "B", "X");
        var ml = new MLContext();
        IDataView view = analysis.ToDataView(ml);

        Assert.Equal(
            ["From", "To", "RowCount", "Overlap", "IsFunction", "IsInjective", "IsSurjective", "IsBijective", "FunctionExceptions", "InjectionExceptions", "SurjectionExceptions", "MutualInformation", "NormalizedMutualInformation", "ChanceInformation", "ConditionalEntropy", "ExplainedShare", "Pearson", "Spearman", "CorrelationRatio", "PValue", "AdjustedPValue", "IsFound"],
            view.Schema.Select(column => column.Name));
        Assert.Equal(analysis.Relations.Select(relation => relation.From + relation.To), ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false).Select(row => row.From + row.To));
        Assert.Equal(analysis.Relations.Select(relation => relation.CorrelationRatio), ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false).Select(row => row.CorrelationRatio));
        Assert.Equal(["AB", "BA", "AX", "XA", "BX", "XB"], analysis.Relations.Select(relation => relation.From + relation.To));
    }

    private sealed class Row
    {
        public string From { get; set; } = "";

        public string To { get; set; } = "";

        public double CorrelationRatio { get; set; }
    }
}
