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
        double[] equivalence = HolmAdjustment.Adjust([.. tasks.Select(task => task.EquivalenceMargin > 0 ? task.Main.Statistic.GetEquivalencePValue(task.EquivalenceMargin) : 1)]);
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
        foreach ((PairedComparison comparison, double pValue) in comparisons.Zip(HolmAdjustment.Adjust([.. comparisons.Select(comparison => comparison.PValue)])))
        {
            comparison.AdjustedPValue = pValue;
        }
    }
}
