namespace MlNetMultiTask.Training;

/// <summary>Losses summed over the rows of an epoch.</summary>
internal sealed class EpochSums(int taskCount)
{
    /// <summary>Per task Σ w m l.</summary>
    public double[] Losses { get; } = new double[taskCount];

    /// <summary>Per task Σ w m.</summary>
    public double[] Weights { get; } = new double[taskCount];

    public void Add(StepLosses step)
    {
        for (int i = 0; i < Losses.Length; i++)
        {
            Losses[i] += step.RowSums[i];
            Weights[i] += step.RowWeights[i];
        }
    }

    /// <summary>Per task the mean loss; NaN where no row had a label.</summary>
    public double[] GetMeans() => [.. Losses.Zip(Weights, (loss, weight) => loss / weight)];
}
