using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Multiclass metrics. Classes of the labels are matched with those of the model by name; a row whose class the model
/// does not know counts as wrong, by way of one class more that no score ever points to.
/// </summary>
internal sealed class MulticlassEvaluation : TaskEvaluation
{
    private readonly PredictionTask _task;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly DataViewSchema.Column _predicted;
    private readonly LabelInfo _model;
    private readonly List<int> _labels = [];
    private readonly List<int> _predictions = [];
    private readonly List<float> _scores = [];
    private readonly float[] _labelValue = new float[1];
    private LabelGetter? _getLabel;
    private ValueGetter<VBuffer<float>>? _getScore;
    private Func<long>? _getPredicted;
    private VBuffer<float> _buffer;
    private long _unseen;

    public MulticlassEvaluation(MulticlassTask task, DataViewSchema schema)
        : base(task)
    {
        _task = task;
        _label = RequireLabel(schema);
        _score = RequireOutput(schema, task.ScoreColumnName, type => type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single, "a known-size vector of Single");
        _predicted = RequireOutput(schema, task.PredictedLabelColumnName, type => type is KeyDataViewType, "a key");
        _model = new LabelInfo
        {
            OutputCount = ((VectorDataViewType)_score.Type).Size,
            Names = LabelNames.Read(_score, OutputAnnotations.SlotNames),
        };
    }

    private int ClassCount => _model.OutputCount;

    public override void Open(DataViewRow row)
    {
        _getLabel = _task.CreateLabelGetter(row, _label, _model);
        _getScore = row.GetGetter<VBuffer<float>>(_score);
        _getPredicted = LabelNumbers.ReadKey(row, _predicted);
    }

    public override void Add()
    {
        if (!TryReadLabel(_getLabel!, _labelValue))
        {
            return;
        }

        float label = _labelValue[0];
        bool unseen = label < 0;
        _unseen += unseen ? 1 : 0;
        _labels.Add(unseen ? ClassCount : (int)label);
        _predictions.Add((int)_getPredicted!());
        _getScore!(ref _buffer);
        foreach (float score in _buffer.DenseValues())
        {
            _scores.Add(score);
        }
    }

    public override TaskMetrics Finish(MLContext mlContext)
    {
        if (_labels.Count == 0)
        {
            return new TaskMetrics(_task, 0, MissingLabelCount) { NotComputed = "no row has a label" };
        }

        MulticlassClassificationMetrics metrics = EvaluateByMlNet(mlContext);
        double f1 = GetMacroF1();
        return new TaskMetrics(_task, _labels.Count, MissingLabelCount)
        {
            UnseenLabelCount = _unseen,
            Accuracy = metrics.MicroAccuracy,
            F1 = f1,
            Source = metrics,
            Values = new Dictionary<string, double>
            {
                ["MicroAccuracy"] = metrics.MicroAccuracy,
                ["MacroAccuracy"] = metrics.MacroAccuracy,
                ["MacroF1"] = f1,
                ["LogLoss"] = metrics.LogLoss,
            },
        };
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
        float[] scores = [.. _scores];
        for (int i = 0; i < _labels.Count; i++)
        {
            float[] score = new float[count];
            scores.AsSpan(i * ClassCount, ClassCount).CopyTo(score);

            // In objects, ML.NET counts key values from 0, and takes what is beyond the last for missing.
            uint predicted = _predictions[i] < 0 ? uint.MaxValue : (uint)_predictions[i];
            yield return new Row { Label = (uint)_labels[i], PredictedLabel = predicted, Score = new VBuffer<float>(count, score) };
        }
    }

    private double GetMacroF1()
    {
        long[] right = new long[ClassCount + 1];
        long[] labelled = new long[ClassCount + 1];
        long[] predicted = new long[ClassCount + 1];
        for (int i = 0; i < _labels.Count; i++)
        {
            labelled[_labels[i]]++;
            if (_predictions[i] >= 0)
            {
                predicted[_predictions[i]]++;
                right[_labels[i]] += _labels[i] == _predictions[i] ? 1 : 0;
            }
        }

        return Enumerable.Range(0, ClassCount + 1)
            .Where(i => labelled[i] + predicted[i] > 0)
            .Average(i => 2.0 * right[i] / (labelled[i] + predicted[i]));
    }

    /// <summary>What ML.NET's evaluator reads.</summary>
    private sealed class Row
    {
        public uint Label { get; init; }

        public uint PredictedLabel { get; init; }

        public VBuffer<float> Score { get; init; }
    }
}
