using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>The tables of a grouping as texts, the same in every culture.</summary>
internal static class TaskGroupingText
{
    /// <summary>The network and effect of each task, the best partitions into more or fewer groups, and what was measured, if it was.</summary>
    public static IEnumerable<TextTable> GetTables(TaskGrouping grouping)
    {
        (string sum, string head, string unit, double factor) = GetWords(grouping.Measure);
        string Effect(double value) => Number(factor * value);
        yield return new TextTable(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{grouping.TaskNames.Count} tasks in {grouping.NumberOfNetworks} {(grouping.NumberOfNetworks == 1 ? "network" : "networks")}, {sum} {Effect(grouping.TotalEffect)}{unit}"),
            [("Task", false), ("Network", true), (head, true), ("All in one", true)],
            [
                .. grouping.TaskNames.Select(task => new[]
                {
                    task, grouping.GetNetwork(task).ToString(CultureInfo.InvariantCulture), Effect(grouping.PredictedEffects[task]), Effect(grouping.AllInOne.PredictedEffects[task]),
                }),
            ]);
        yield return new TextTable(
            grouping.IsExact ? "The best partitions" : "The best partitions that were found",
            [("Networks", true), (head, true), ("Groups", false)],
            [.. grouping.Partitions.Select(partition => new[] { partition.NumberOfNetworks.ToString(CultureInfo.InvariantCulture), Effect(partition.TotalEffect), partition.ToString() })]);
        if (grouping is not { Measured: { } groups, AllInOneMeasured: { } allInOne })
        {
            yield break;
        }

        yield return new TextTable(
            "Measured against a network for each task",
            [("Task", false), ("Metric", false), ("Alone", true), ("Groups", true), ("", false), ("All in one", true), ("", false)],
            [
                .. groups.Tasks.Zip(allInOne.Tasks, (own, all) => new[]
                {
                    own.TaskName,
                    own.Main.Metric,
                    Number(own.Main.OtherMean),
                    Number(own.Main.MultiTaskMean),
                    SingleTaskComparisonText.Describe(own.Verdict),
                    Number(all.Main.MultiTaskMean),
                    SingleTaskComparisonText.Describe(all.Verdict),
                }),
            ]);
        yield return new TextTable(
            "Measured: groups against one network for all",
            [("Task", false), ("Metric", false), ("Groups", true), ("All in one", true), ("Improvement", true), ("from", true), ("to", true), ("p (Holm)", true)],
            [
                .. grouping.AgainstAllInOne.Select(own => new[]
                {
                    own.Key,
                    own.Value.Metric,
                    Number(own.Value.MultiTaskMean),
                    Number(own.Value.OtherMean),
                    SingleTaskComparisonText.Signed(own.Value.Improvement),
                    SingleTaskComparisonText.Signed(own.Value.LowerBound),
                    SingleTaskComparisonText.Signed(own.Value.UpperBound),
                    SingleTaskComparisonText.Chance(own.Value.AdjustedPValue),
                }),
            ]);
    }

    /// <summary>How the figures are called; shares of a loss in a step are small, and told in per cent.</summary>
    private static (string Sum, string Head, string Unit, double Factor) GetWords(TaskAffinityMeasure measure) => measure switch
    {
        TaskAffinityMeasure.GradientCosine => ("sum of mean cosines", "Cosine", "", 1),
        TaskAffinityMeasure.Similarity => ("sum of mean similarities", "Similarity", "", 1),
        _ => ("predicted effect", "Effect, %", " % of a loss in a step", 100),
    };

    /// <summary>Adding 0 turns -0 into 0.</summary>
    private static string Number(double number) => (Math.Round(number, 4) + 0.0).ToString("0.0000", CultureInfo.InvariantCulture);
}
