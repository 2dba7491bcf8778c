using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A model that scores as another does, and counts what is asked of it. Whatever the other is made of.</summary>
internal sealed class CountingModel(Model inner) : Model(inner.Tasks, inner.Labels)
{
    /// <summary>For each scorer that was made, the tasks wanted of it.</summary>
    public List<bool[]> ActiveTasks { get; } = [];

    public int PassCount { get; private set; }

    public int RowCount { get; private set; }

    public void Clear()
    {
        ActiveTasks.Clear();
        PassCount = RowCount = 0;
    }

    public override string FeatureColumnName => inner.FeatureColumnName;

    public override int FeatureCount => inner.FeatureCount;

    public override BoundModel Bind(DataViewSchema schema) => new Bound(this, inner.Bind(schema));

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores) => inner.Score(features, rowCount, active, scores);

    public override IReadOnlyList<NetworkLayer> DescribeLayers() => inner.DescribeLayers();

    public override void ThrowIfDisposed() => inner.ThrowIfDisposed();

    public override void Save(ModelEntries entries, string prefix) => inner.Save(entries, prefix);

    /// <summary>The other stays with its owner.</summary>
    public override void Dispose()
    {
    }

    private sealed class Bound(CountingModel model, BoundModel inner) : BoundModel
    {
        public override IReadOnlyList<DataViewSchema.Column> InputColumns => inner.InputColumns;

        public override long BytesPerRow => inner.BytesPerRow;

        public override BatchScorer CreateScorer(DataViewRow row, int capacity, IReadOnlyList<bool> activeTasks)
        {
            model.ActiveTasks.Add([.. activeTasks]);
            return new Scorer(model, inner.CreateScorer(row, capacity, activeTasks));
        }
    }

    private sealed class Scorer(CountingModel model, BatchScorer inner) : BatchScorer
    {
        public override void Collect(int index) => inner.Collect(index);

        public override void Score(int count)
        {
            model.PassCount++;
            model.RowCount += count;
            inner.Score(count);
        }

        public override float[] GetScores(int task) => inner.GetScores(task);
    }
}
