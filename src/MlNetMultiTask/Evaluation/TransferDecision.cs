namespace MlNetMultiTask.Evaluation;

/// <summary>Decides on verdicts: both kinds of error are held to the level over all tasks together.</summary>
internal static class TransferDecision
{
    /// <summary>Gives each task its verdict.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="level">The chance of any wrong verdict of a kind.</param>
    public static void Decide(IReadOnlyList<ComparedTask> tasks, double level)
    {
        Adjust([.. tasks.Select(task => task.Main)]);
        double[] equivalence = Adjust([.. tasks.Select(task => (task.Main, task.EquivalenceMargin > 0 ? task.Main.Statistic.GetEquivalencePValue(task.EquivalenceMargin) : 1))]);
        foreach ((ComparedTask task, double pValue) in tasks.Zip(equivalence))
        {
            task.EquivalencePValue = pValue;
            task.Verdict = pValue <= level ? TransferVerdict.NoDifference
                : task.Main.AdjustedPValue <= level ? task.Main.Improvement > 0 ? TransferVerdict.Gain : TransferVerdict.NegativeTransfer
                : TransferVerdict.Undecided;
        }
    }

    /// <summary>Adjusts p-values for their number.</summary>
    public static void Adjust(IReadOnlyList<PairedComparison> comparisons)
    {
        foreach ((PairedComparison comparison, double pValue) in comparisons.Zip(Adjust([.. comparisons.Select(comparison => (comparison, comparison.PValue))])))
        {
            comparison.AdjustedPValue = pValue;
        }
    }

    /// <summary>Comparisons that prove nothing, since their figures are coarse, are among the number all the same: how many are does not depend on what was found.</summary>
    private static double[] Adjust(IReadOnlyList<(PairedComparison Comparison, double PValue)> all)
    {
        double[] adjusted = HolmAdjustment.Adjust([.. all.Select(own => double.IsNaN(own.PValue) && own.Comparison.PairCount > 1 ? 1 : own.PValue)]);
        return [.. adjusted.Zip(all, (pValue, own) => double.IsNaN(own.PValue) ? double.NaN : pValue)];
    }
}
