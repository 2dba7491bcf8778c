using Microsoft.ML;

namespace MlNetMultiTask.Models;

/// <summary>A model tied to the column of its features.</summary>
internal sealed class BoundFeatureModel(Model model, DataViewSchema.Column features) : BoundModel
{
    public override IReadOnlyList<DataViewSchema.Column> InputColumns { get; } = [features];

    public override long BytesPerRow => (sizeof(float) * (model.FeatureCount + model.ScoresPerRow)) + model.WorkBytesPerRow;

    public override BatchScorer CreateScorer(DataViewRow row, int capacity, IReadOnlyList<bool> activeTasks) =>
        new FeatureScorer(model, row, features, capacity, activeTasks);
}
