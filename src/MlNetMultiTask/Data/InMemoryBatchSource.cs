using TorchSharp;

namespace MlNetMultiTask.Data;

/// <summary>Batches from rows in memory, selected by index. The feature buffer is wrapped, not copied.</summary>
internal sealed class InMemoryBatchSource : IBatchSource
{
    private readonly torch.Tensor _features;
    private readonly torch.Tensor? _weights;
    private readonly LabelTargets _labels;
    private readonly IReadOnlyList<ITargetSource> _targets;
    private readonly int _taskCount;

    /// <param name="data">The rows.</param>
    /// <param name="labels">The rows' labels; owned by this source from now on.</param>
    /// <param name="others">Further target sources, asked after the labels; owned too.</param>
    public InMemoryBatchSource(TabularData data, LabelTargets labels, params IReadOnlyList<ITargetSource> others)
    {
        _labels = labels;
        _targets = [labels, .. others];
        _taskCount = data.Labels.Count;
        RowCount = data.RowCount;
        FeatureCount = data.FeatureCount;
        using torch.Tensor flat = torch.frombuffer(data.Features, torch.ScalarType.Float32, (long)data.RowCount * data.FeatureCount);
        _features = flat.view(data.RowCount, data.FeatureCount);
        _weights = data.Weights is null ? null : torch.tensor(data.Weights);
    }

    public int RowCount { get; }

    public int FeatureCount { get; }

    public IReadOnlyList<double> LabelledShares => _labels.LabelledShares;

    public IBatchReader Open(int batchSize, Func<int, long[]>? permute)
    {
        long[] order = permute?.Invoke(RowCount) ?? [.. Enumerable.Range(0, RowCount).Select(row => (long)row)];
        return new Reader(this, order, batchSize);
    }

    public void Dispose()
    {
        _features.Dispose();
        _weights?.Dispose();
        foreach (ITargetSource source in _targets)
        {
            source.Dispose();
        }
    }

    private sealed class Reader(InMemoryBatchSource source, long[] order, int batchSize) : IBatchReader
    {
        private readonly torch.Tensor _order = torch.tensor(order, dtype: torch.ScalarType.Int64);
        private int _next;

        public Batch? Read()
        {
            if (_next >= source.RowCount)
            {
                return null;
            }

            int count = Math.Min(batchSize, source.RowCount - _next);
            torch.Tensor rows = _order.narrow(0, _next, count);
            ReadOnlyMemory<long> numbers = order.AsMemory(_next, count);
            _next += count;
            var batch = new Batch
            {
                RowCount = count,
                Rows = rows,
                RowNumbers = numbers,
                Features = source._features.index_select(0, rows),
                RowWeights = source._weights?.index_select(0, rows),
                Targets = new Tasks.TaskTargets[source._taskCount],
            };
            foreach (ITargetSource target in source._targets)
            {
                target.Fill(batch);
            }

            return batch;
        }

        public void Dispose() => _order.Dispose();
    }
}
