using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>Writes a comparison as tables.</summary>
internal static class SingleTaskComparisonText
{
    /// <summary>What a multi-task model is compared with, in a word.</summary>
    public const string Alone = "alone";

    public static string WritePlain(SingleTaskComparison comparison) =>
        TextTable.Write(GetTables(comparison), isMarkdown: false).AppendJoin(Environment.NewLine, GetRemarks(comparison).Select(TextTable.OneLine)).ToString().TrimEnd();

    public static string WriteMarkdown(SingleTaskComparison comparison) =>
        TextTable.Write(GetTables(comparison), isMarkdown: true).AppendJoin(Environment.NewLine, GetRemarks(comparison).Select(line => "- " + TextTable.Escape(line))).ToString().TrimEnd();

    public static string Describe(TransferVerdict verdict) => verdict switch
    {
        TransferVerdict.Gain => "gain",
        TransferVerdict.NoDifference => "no difference",
        TransferVerdict.NegativeTransfer => "negative transfer",
        _ => "undecided",
    };

    private static IEnumerable<TextTable> GetTables(SingleTaskComparison comparison)
    {
        yield return GetTasks(comparison);
        yield return GetCosts(comparison);
        if (comparison.LabelEfficiency.Count > 0)
        {
            yield return GetLabelEfficiency(comparison);
        }
    }

    private static IEnumerable<(string Against, PairedComparison Metric)> GetComparisons(ComparedTask task) =>
        task.Metrics.Select(metric => (Alone, metric)).Concat(task.Baselines.SelectMany(baseline => baseline.Metrics.Select(metric => (baseline.Name, metric))));

    private static TextTable GetTasks(SingleTaskComparison comparison) => new(
        string.Create(CultureInfo.InvariantCulture, $"Multi-task against single-task: {comparison.NumberOfRepeats} x {comparison.NumberOfFolds} folds, intervals of {100 * comparison.ConfidenceLevel:0.##} %"),
        [("task", false), ("metric", false), ("against", false), ("multi-task", true), ("other", true), ("improvement", true), ("from", true), ("to", true), ("p (Holm)", true), ("verdict", false)],
        [
            .. comparison.Tasks.SelectMany(task => (IEnumerable<string[]>)
            [
                .. task.Metrics.Select((metric, i) => GetRow(task, metric, Alone, i == 0, i == 0 ? Describe(task.Verdict) : "")),
                .. task.Baselines.SelectMany(baseline => baseline.Metrics.Select((metric, i) => GetRow(task, metric, baseline.Name, i == 0, ""))),
            ]),
        ]);

    private static string[] GetRow(ComparedTask task, PairedComparison metric, string against, bool isMain, string verdict) =>
    [
        task.TaskName, metric.Metric, against, Number(metric.MultiTaskMean), Number(metric.OtherMean), Signed(metric.Improvement), Signed(metric.LowerBound), Signed(metric.UpperBound),
        isMain ? Chance(metric.AdjustedPValue) : "", verdict,
    ];

    private static TextTable GetCosts(SingleTaskComparison comparison)
    {
        (TrainingCost ours, TrainingCost theirs) = (comparison.MultiTaskCost, comparison.SingleTaskCost);
        string[] Row(string name, double? own, double? other, string format) =>
        [
            name,
            own?.ToString(format, CultureInfo.InvariantCulture) ?? "-",
            other?.ToString(format, CultureInfo.InvariantCulture) ?? "-",
            own / other is { } ratio && double.IsFinite(ratio) ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "-",
        ];

        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"Costs: one model against {comparison.Tasks.Count}"),
            [("", false), ("multi-task", true), ("single-task", true), ("ratio", true)],
            [
                Row("seconds of training", ours.TrainingSeconds, theirs.TrainingSeconds, "0.00"),
                Row("seconds of scoring", ours.ScoringSeconds, theirs.ScoringSeconds, "0.000"),
                Row("parameters", ours.ParameterCount, theirs.ParameterCount, "N0"),
                Row("bytes of files", ours.FileSize, theirs.FileSize, "N0"),
            ]);
    }

    private static TextTable GetLabelEfficiency(SingleTaskComparison comparison) => new(
        $"Label efficiency of {comparison.LabelEfficiencyTask}: {comparison.LabelEfficiency[0].Comparison.Metric} with a share of its labels",
        [("share", true), ("labels", true), ("multi-task", true), (Alone, true), ("improvement", true), ("from", true), ("to", true)],
        [
            .. comparison.LabelEfficiency.Select(point => (string[])
            [
                string.Create(CultureInfo.InvariantCulture, $"{100 * point.Share:0.##} %"),
                point.LabelCount.ToString("0", CultureInfo.InvariantCulture),
                Number(point.Comparison.MultiTaskMean),
                Number(point.Comparison.OtherMean),
                Signed(point.Comparison.Improvement),
                Signed(point.Comparison.LowerBound),
                Signed(point.Comparison.UpperBound),
            ]),
        ]);

    private static IEnumerable<string> GetRemarks(SingleTaskComparison comparison)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"Δm (mean of tasks, more is better): {Percent(comparison.DeltaM)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"Δm (mean of metrics, less is better): {Percent(comparison.DeltaMOverMetrics)}");
        int pairs = comparison.NumberOfRepeats * comparison.NumberOfFolds;
        foreach (ComparedTask task in comparison.Tasks)
        {
            foreach ((string against, PairedComparison metric) in GetComparisons(task).Where(own => own.Metric.PairCount < pairs))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{task.TaskName} against {against}: of {metric.Metric}, {metric.PairCount} of {pairs} folds have finite figures of both, and count.");
            }

            if (task.UnseenLabelCount > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{task.TaskName}: {task.UnseenLabelCount:0.#} rows of a repeat have a label that no other fold has; they count as wrong.");
            }
        }
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    internal static string Signed(double value) => double.IsNaN(value) ? "-" : value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double value) => double.IsNaN(value) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100 * value:+0.00;-0.00;0.00} %");

    internal static string Chance(double value) => double.IsNaN(value) ? "-" : value < 0.0001 ? "<0.0001" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
