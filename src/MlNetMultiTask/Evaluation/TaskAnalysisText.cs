using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>The tables of an analysis as texts, the same in every culture.</summary>
internal static class TaskAnalysisText
{
    public static IEnumerable<TextTable> GetTables(TaskAnalysis analysis)
    {
        yield return GetLabels(analysis);
        if (analysis.Relations.Count > 0)
        {
            yield return GetRelations(analysis);
        }

        yield return GetPatterns(analysis);
    }

    private static TextTable GetLabels(TaskAnalysis analysis) => new(
        string.Create(CultureInfo.InvariantCulture, $"Labels in {analysis.RowCount:N0} rows"),
        [("Label", false), ("Kind", false), ("Labelled", true), ("Distinct", true), ("Compared as", false), ("Entropy (bits)", true)],
        [
            .. analysis.Labels.Select(label => new[]
            {
                label.Name,
                label.Kind,
                Count(label.LabelledRowCount),
                Count(label.DistinctCount),
                label.Basis == LabelBasis.Bins ? $"{Count(label.ComparedCount)} bins" : label.Basis.ToString().ToLowerInvariant(),
                Number(label.Entropy),
            }),
        ]);

    private static TextTable GetRelations(TaskAnalysis analysis)
    {
        var optional = new (string Head, Func<TaskRelation, double> Get)[]
        {
            ("Pearson", relation => relation.Pearson),
            ("Spearman", relation => relation.Spearman),
            ("η²", relation => relation.CorrelationRatio),
        };
        optional = [.. optional.Where(column => analysis.Relations.Any(relation => !double.IsNaN(column.Get(relation))))];
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"How labels map onto one another (found: adjusted p up to {analysis.SignificanceLevel:0.####}, {analysis.NumberOfPermutations:N0} permutations at most)"),
            [
                ("From", false), ("To", false), ("Rows", true), ("Overlap", true), ("Mapping", false), ("Exceptions", true), ("NMI", true), ("by chance", true), ("H(To|From)", true), ("Explained", true),
                .. optional.Select(column => (column.Head, true)),
                ("Adjusted p", true), ("Found", false),
            ],
            [
                .. analysis.Relations.Select(relation => (string[])
                [
                    relation.From,
                    relation.To,
                    Count(relation.RowCount),
                    Share(relation.Overlap),
                    relation.RowCount == 0 ? "" : relation.Describe(),
                    Share(relation.FunctionExceptions),
                    Number(relation.NormalizedMutualInformation),
                    Number(relation.ChanceInformation),
                    Number(relation.ConditionalEntropy),
                    Share(relation.ExplainedShare),
                    .. optional.Select(column => Number(column.Get(relation))),
                    double.IsNaN(relation.AdjustedPValue) ? "" : relation.AdjustedPValue.ToString("0.0000", CultureInfo.InvariantCulture),
                    double.IsNaN(relation.AdjustedPValue) ? "not tested" : relation.IsFound ? "yes" : "no",
                ]),
            ]);
    }

    private static TextTable GetPatterns(TaskAnalysis analysis) => new(
        analysis.MissingPatterns.Count == analysis.MissingPatternCount
            ? "Rows by the tasks that have a label"
            : string.Create(CultureInfo.InvariantCulture, $"Rows by the tasks that have a label: the most frequent {analysis.MissingPatterns.Count} of {analysis.MissingPatternCount:N0} patterns"),
        [("Rows", true), ("Share", true), .. analysis.TaskNames.Select(name => (name, false))],
        [
            .. analysis.MissingPatterns.Select(pattern => (string[])
            [
                Count(pattern.RowCount),
                Share(pattern.Share),
                .. analysis.TaskNames.Select(name => pattern.LabelledTasks.Contains(name) ? "label" : "-"),
            ]),
        ]);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Adding 0 turns -0 into 0.</summary>
    private static string Number(double number) => double.IsNaN(number) ? "" : (Math.Round(number, 3) + 0.0).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Share(double share) => double.IsNaN(share) ? "" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
