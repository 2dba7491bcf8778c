using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Models;

/// <summary>Collects features of rows in one buffer and scores them at once.</summary>
internal sealed class FeatureScorer : BatchScorer
{
    private readonly Model _model;
    private readonly string _columnName;
    private readonly int _featureCount;
    private readonly float[] _features;
    private readonly float[]?[] _scores;
    private readonly IReadOnlyList<bool> _active;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private VBuffer<float> _buffer;

    public FeatureScorer(Model model, DataViewRow row, DataViewSchema.Column features, int capacity, IReadOnlyList<bool> active)
    {
        _model = model;
        _columnName = features.Name;
        _featureCount = model.FeatureCount;
        _features = new float[checked(capacity * _featureCount)];
        _active = active;
        _scores = [.. model.Labels.Select((label, i) => active[i] ? new float[checked(capacity * label.OutputCount)] : null)];
        _getFeatures = row.GetGetter<VBuffer<float>>(features);
    }

    public override void Collect(int index)
    {
        _getFeatures(ref _buffer);
        if (_buffer.Length != _featureCount)
        {
            throw new InvalidOperationException($"A row of feature column '{_columnName}' has {_buffer.Length} slots, and the column's type says {_featureCount}.");
        }

        _buffer.CopyTo(_features.AsSpan(index * _featureCount, _featureCount));
    }

    public override void Score(int count) => _model.Score(_features, count, _active, _scores);

    public override float[] GetScores(int task) =>
        _scores[task] ?? throw new InvalidOperationException($"The scores of task '{_model.Tasks[task].Name}' were not asked for.");
}
