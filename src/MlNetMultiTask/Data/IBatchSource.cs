namespace MlNetMultiTask.Data;

/// <summary>Where batches come from: rows in memory, or a stream of them.</summary>
internal interface IBatchSource : IDisposable
{
    /// <summary>The number of rows in a pass.</summary>
    int RowCount { get; }

    /// <summary>The number of features, F.</summary>
    int FeatureCount { get; }

    /// <summary>Per task, the share of rows that have a label for it.</summary>
    IReadOnlyList<double> LabelledShares { get; }

    /// <summary>Begins a pass over all rows.</summary>
    /// <param name="batchSize">The rows of a batch; the last may have fewer.</param>
    /// <param name="permute">Returns a permutation of the given number of rows; null for the rows' own order. A source that streams asks for one per block.</param>
    IBatchReader Open(int batchSize, Func<int, long[]>? permute);
}
