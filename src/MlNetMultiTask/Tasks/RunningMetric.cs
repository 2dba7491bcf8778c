namespace MlNetMultiTask.Tasks;

/// <summary>
/// A task's main figure over the rows of an epoch, from raw outputs as they come: cheap enough for every batch. Rows without label
/// do not count, and rows are not weighted. Larger is better.
/// </summary>
internal abstract class RunningMetric
{
    /// <summary>Takes some rows.</summary>
    /// <param name="raw">The network's raw outputs [rows x K].</param>
    /// <param name="labels">The labels [rows x W] as they were read; NaN where there is none.</param>
    /// <param name="rowCount">The number of rows.</param>
    public abstract void Add(ReadOnlySpan<float> raw, ReadOnlySpan<float> labels, int rowCount);

    /// <summary>The figure of all rows since the last call, NaN where none had a label; and begins anew.</summary>
    public abstract double Take();
}
