using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Tests.Data;

/// <summary>Batches from rows in memory: which rows, with which targets.</summary>
public sealed class InMemoryBatchSourceTests
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.Regression("Number"), PredictionTask.MultilabelClassification("Set")];

    private static readonly LabelInfo[] _infos =
    [
        new() { OutputCount = 3 },
        new() { OutputCount = 1, Means = [10f], Deviations = [2f] },
        new() { OutputCount = 2 },
    ];

    [Fact]
    public void The_feature_buffer_is_wrapped_and_not_copied()
    {
        using IDisposable scope = torch.NewDisposeScope();
        TabularData data = Data();
        using InMemoryBatchSource source = Open(data);
        data.Features[3] = 77f;
        using IBatchReader reader = source.Open(5, null);

        Assert.Equal(77f, reader.Read()!.Features[1, 1].item<float>());
    }

    [Fact]
    public void Batches_follow_the_order_and_the_last_may_be_smaller()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using InMemoryBatchSource source = Open(Data());
        using IBatchReader reader = source.Open(2, count => [.. Enumerable.Range(0, count).Reverse().Select(row => (long)row)]);
        Batch[] batches = [reader.Read()!, reader.Read()!, reader.Read()!];

        Assert.Null(reader.Read());
        Assert.Equal([2, 2, 1], batches.Select(batch => batch.RowCount));
        Assert.Equal([[4L, 3L], [2L, 1L], [0L]], batches.Select(batch => batch.Rows.data<long>().ToArray()));
        Assert.Equal([8f, 9f, 6f, 7f], batches[0].Features.data<float>().ToArray());
        Assert.Equal([0.5f, 2f], batches[0].RowWeights!.data<float>().ToArray());
        Assert.Equal([1f, 0f], batches[0].Targets[1].LabelWeights!.data<float>().ToArray());
    }

    [Fact]
    public void Without_an_order_rows_come_as_they_are()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using InMemoryBatchSource source = Open(Data());
        using IBatchReader reader = source.Open(10, null);

        Assert.Equal([0L, 1L, 2L, 3L, 4L], reader.Read()!.Rows.data<long>().ToArray());
        Assert.Equal(5, source.RowCount);
        Assert.Equal(2, source.FeatureCount);
    }

    [Fact]
    public void Targets_are_standardised_masked_and_weighed_by_slot()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using InMemoryBatchSource source = Open(Data());
        using IBatchReader reader = source.Open(5, null);
        TaskTargets[] targets = reader.Read()!.Targets;

        Assert.Equal(torch.ScalarType.Int64, targets[0].Labels.dtype);
        Assert.Equal([0L, 2L, 1L, 1L, 0L], targets[0].Labels.data<long>().ToArray());
        Assert.Null(targets[0].LabelWeights);
        Assert.Null(targets[0].SlotWeights);

        Assert.Equal([5L, 1L], targets[1].Labels.shape);
        Assert.Equal([-1f, 0f, 1f, 0f, 2f], targets[1].Labels.data<float>().ToArray());
        Assert.Equal([1f, 0f, 1f, 0f, 1f], targets[1].LabelWeights!.data<float>().ToArray());
        Assert.Null(targets[1].SlotWeights);

        // Four rows have a label; four of the first slot, one of the second: weights 4 / (2 · 4) and 4 / (2 · 1).
        Assert.Equal([1f, 0f, 0f, 1f, 1f, 0f, 1f, 0f, 0f, 0f], targets[2].Labels.data<float>().ToArray());
        Assert.Equal([1f, 1f, 1f, 1f, 0f], targets[2].LabelWeights!.data<float>().ToArray());
        Assert.Equal([0.5f, 0f, 0.5f, 2f, 0.5f, 0f, 0.5f, 0f, 0f, 0f], targets[2].SlotWeights!.data<float>().ToArray());
        Assert.Equal([1, 0.6, 0.8], source.LabelledShares);
    }

    [Fact]
    public void Further_target_sources_come_after_the_labels_and_are_owned()
    {
        using IDisposable scope = torch.NewDisposeScope();
        TabularData data = Data();
        var teacher = new Teacher();
        using (var source = new InMemoryBatchSource(data, new LabelTargets(data, _tasks, _infos), teacher))
        {
            using IBatchReader reader = source.Open(5, null);
            Assert.NotNull(reader.Read()!.Targets[1].Soft);
            Assert.False(teacher.IsDisposed);
        }

        Assert.True(teacher.IsDisposed);
    }

    private static InMemoryBatchSource Open(TabularData data) => new(data, new LabelTargets(data, _tasks, _infos));

    private static TabularData Data() => new()
    {
        RowCount = 5,
        FeatureCount = 2,
        // Longer than the rows need, as a growing buffer is.
        Features = [.. Enumerable.Range(0, 17).Select(i => (float)i)],
        Labels =
        [
            [0f, 2f, 1f, 1f, 0f],
            [8f, float.NaN, 12f, float.NaN, 14f],
            [1f, float.NaN, 0f, 1f, 1f, float.NaN, 1f, float.NaN, float.NaN, float.NaN],
        ],
        LabelWidths = [1, 1, 2],
        Weights = [1f, 1f, 1f, 2f, 0.5f],
    };

    private sealed class Teacher : ITargetSource
    {
        public bool IsDisposed { get; private set; }

        public void Fill(Batch batch) => batch.Targets[1].Soft = new SoftTargets(torch.zeros_like(batch.Targets[1].Labels), 1f, 0.5f);

        public void Dispose() => IsDisposed = true;
    }
}
