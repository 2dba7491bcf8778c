using Microsoft.ML;

namespace MlNetMultiTask.Models;

/// <summary>A network tied to the column of its features.</summary>
internal sealed class BoundNetworkModel(NetworkModel model, DataViewSchema.Column features) : BoundModel
{
    public override IReadOnlyList<DataViewSchema.Column> InputColumns { get; } = [features];

    public override long BytesPerRow => sizeof(float) * (model.Description.FeatureCount + model.Description.OutputCounts.Sum(count => (long)count));

    public override BatchScorer CreateScorer(DataViewRow row, int capacity, IReadOnlyList<bool> activeTasks) =>
        new NetworkScorer(model, row, features, capacity, activeTasks);
}
