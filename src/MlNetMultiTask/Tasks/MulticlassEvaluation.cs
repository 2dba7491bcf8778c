using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Multiclass metrics. Classes of the labels are matched with those of the model by name; a row whose class the model
/// does not know counts as wrong, by way of one class more that no score ever points to. So does a row whose label has
/// become key 0 although the column of which the keys were made has a value.
/// </summary>
internal sealed class MulticlassEvaluation : TaskEvaluation
{
    /// <summary>Beyond this, ML.NET's table of classes x classes, and the rows kept for it, cost too much memory.</summary>
    private const int MaximumForMlNet = 1000;

    private readonly PredictionTask _task;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly DataViewSchema.Column _predicted;
    private readonly DataViewSchema.Column? _unmapped;
    private readonly LabelInfo _model;
    private readonly List<int> _labels = [];
    private readonly List<int> _predictions = [];
    private readonly List<float[]> _scores = [];
    private readonly float[] _labelValue = new float[1];
    private readonly MulticlassCounts _counts;
    private LabelGetter? _getLabel;
    private ValueGetter<VBuffer<float>>? _getScore;
    private Func<long>? _getPredicted;
    private Func<int>? _countUnmapped;
    private VBuffer<float> _buffer;
    private long _unseen;

    public MulticlassEvaluation(MulticlassTask task, DataViewSchema schema, LabelSources sources)
        : base(task)
    {
        _task = task;
        _label = RequireLabel(schema);
        _unmapped = FindUnmapped(schema, _label, sources);
        _score = RequireOutput(schema, task.ScoreColumnName, type => type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single, "a known-size vector of Single");
        _predicted = RequireOutput(schema, task.PredictedLabelColumnName, type => type is KeyDataViewType, "a key");
        _model = new LabelInfo
        {
            OutputCount = ((VectorDataViewType)_score.Type).Size,
            Names = LabelNames.Read(_score, OutputAnnotations.SlotNames),
        };
        _counts = new MulticlassCounts(ClassCount);
    }

    private int ClassCount => _model.OutputCount;

    /// <summary>Whether rows are kept for ML.NET's evaluator.</summary>
    private bool FitsMlNet => ClassCount <= MaximumForMlNet;

    public override void Open(DataViewRow row)
    {
        _getLabel = _task.CreateLabelGetter(row, _label, _model);
        _countUnmapped = _unmapped is { } unmapped ? UnmappedLabel.CreateCounter(row, unmapped) : null;
        _getScore = row.GetGetter<VBuffer<float>>(_score);
        _getPredicted = LabelNumbers.ReadKey(row, _predicted);
    }

    public override void Add()
    {
        if (!TryReadLabel(ReadLabel, _labelValue))
        {
            return;
        }

        float label = _labelValue[0];
        bool unseen = label < 0;
        _unseen += unseen ? 1 : 0;
        int labelled = unseen ? ClassCount : (int)label;
        int predicted = (int)_getPredicted!();
        _getScore!(ref _buffer);
        Digest(_buffer.IsDense ? _buffer.GetValues() : [.. _buffer.DenseValues()]);
        float probability = 0;
        if (!unseen)
        {
            _buffer.GetItemOrDefault(labelled, ref probability);
        }

        _counts.Add(labelled, predicted, probability);
        if (FitsMlNet)
        {
            _labels.Add(labelled);
            _predictions.Add(predicted);
            _scores.Add([.. _buffer.DenseValues()]);
        }
    }

    protected override TaskMetrics Compute(MLContext mlContext)
    {
        if (_counts.RowCount == 0)
        {
            return new TaskMetrics(_task, 0, MissingLabelCount) { NotComputed = "no row has a label" };
        }

        return new TaskMetrics(_task, _counts.RowCount, MissingLabelCount)
        {
            UnseenLabelCount = _unseen,
            Accuracy = _counts.MicroAccuracy,
            F1 = _counts.MacroF1,
            Source = FitsMlNet ? EvaluateByMlNet(mlContext) : null,
            NotComputed = FitsMlNet
                ? null
                : FormattableString.Invariant($"ML.NET's confusion table is not made for {ClassCount} classes; the figures here were counted without it, read them from metrics[\"{_task.Name}\"].Values"),
            Values = new Dictionary<string, double>
            {
                ["MicroAccuracy"] = _counts.MicroAccuracy,
                ["MacroAccuracy"] = _counts.MacroAccuracy,
                ["MacroF1"] = _counts.MacroF1,
                ["LogLoss"] = _counts.LogLoss,
            },
        };
    }

    private void ReadLabel(Span<float> destination)
    {
        _getLabel!(destination);
        if (float.IsNaN(destination[0]) && _countUnmapped?.Invoke() > 0)
        {
            destination[0] = float.NegativeInfinity;
        }
    }

    private MulticlassClassificationMetrics EvaluateByMlNet(MLContext mlContext)
    {
        int count = ClassCount + (_unseen > 0 ? 1 : 0);
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), count);
        definition[nameof(Row.PredictedLabel)].ColumnType = new KeyDataViewType(typeof(uint), count);
        definition[nameof(Row.Score)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, count);
        if (_model.Names is { } names)
        {
            string[] texts = [.. names.Texts.Concat(_unseen > 0 ? ["(unknown to the model)"] : Array.Empty<string>())];
            definition[nameof(Row.Label)].AddAnnotation(
                OutputAnnotations.KeyValues,
                new VBuffer<ReadOnlyMemory<char>>(count, [.. texts.Select(text => text.AsMemory())]),
                new VectorDataViewType(TextDataViewType.Instance, count));
        }

        IDataView rows = mlContext.Data.LoadFromEnumerable(GetRows(count), definition);
        return mlContext.MulticlassClassification.Evaluate(rows, nameof(Row.Label), nameof(Row.Score), nameof(Row.PredictedLabel));
    }

    private IEnumerable<Row> GetRows(int count)
    {
        for (int i = 0; i < _labels.Count; i++)
        {
            float[] score = count == ClassCount ? _scores[i] : [.. _scores[i], 0f];

            // In objects, ML.NET counts key values from 0, and takes what is beyond the last for missing.
            uint predicted = _predictions[i] < 0 ? uint.MaxValue : (uint)_predictions[i];
            yield return new Row { Label = (uint)_labels[i], PredictedLabel = predicted, Score = new VBuffer<float>(count, score) };
        }
    }

    /// <summary>What ML.NET's evaluator reads.</summary>
    private sealed class Row
    {
        public uint Label { get; init; }

        public uint PredictedLabel { get; init; }

        public VBuffer<float> Score { get; init; }
    }
}
