namespace MlNetMultiTask.Tasks;

/// <summary>How far two networks agree on a task, from their raw outputs as they come; labels play no part. 1 is complete agreement.</summary>
internal abstract class AgreementMetric
{
    /// <summary>Takes some rows.</summary>
    /// <param name="first">One network's raw outputs [rows x K].</param>
    /// <param name="second">The other's.</param>
    /// <param name="rowCount">The number of rows; 1 or more.</param>
    public abstract void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rowCount);

    /// <summary>The agreement over all rows since the last call; and begins anew.</summary>
    public abstract double Take();
}
