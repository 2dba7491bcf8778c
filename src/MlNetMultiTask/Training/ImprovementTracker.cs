namespace MlNetMultiTask.Training;

/// <summary>Follows a figure of which smaller is better, and counts the epochs since it was best.</summary>
internal sealed class ImprovementTracker(double minimumDelta)
{
    public const int StateLength = 3;

    /// <summary>The best figure so far.</summary>
    public double Best { get; private set; } = double.PositiveInfinity;

    /// <summary>The epoch of the best figure; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>The epochs since it was best, or since the count began anew.</summary>
    public int EpochsWithout { get; private set; }

    /// <summary>Takes an epoch's figure; tells whether it is the best. NaN is not.</summary>
    public bool Add(int epoch, double value)
    {
        if (value < Best - minimumDelta)
        {
            (Best, BestEpoch, EpochsWithout) = (value, epoch, 0);
            return true;
        }

        EpochsWithout++;
        return false;
    }

    /// <summary>Begins to count epochs anew, and keeps the best.</summary>
    public void ResetCount() => EpochsWithout = 0;

    public double[] Export() => [Best, BestEpoch, EpochsWithout];

    public void Import(IReadOnlyList<double> state) => (Best, BestEpoch, EpochsWithout) = (state[0], (int)state[1], (int)state[2]);
}
