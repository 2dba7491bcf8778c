using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Multilabel metrics, counted while rows pass: no row is kept. Labels are matched with the model's by name; a row that has
/// one which the model does not know is not predicted right, whatever else is.
/// </summary>
internal sealed class MultilabelEvaluation : TaskEvaluation
{
    private readonly PredictionTask _task;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _predicted;
    private readonly DataViewSchema.Column? _score;
    private readonly DataViewSchema.Column? _unmapped;
    private readonly LabelInfo _model;
    private readonly float[] _labelValue;
    private readonly float[] _predictedValue;
    private readonly float[] _scoreValue;
    private readonly long[] _bothCount;
    private readonly long[] _labelCount;
    private readonly long[] _predictedCount;
    private readonly long[] _knownCount;
    private LabelGetter? _getLabel;
    private LabelGetter? _getPredicted;
    private LabelGetter? _getScore;
    private Func<bool>? _hasUnknown;
    private long _rowCount;
    private long _slotCount;
    private long _wrongSlots;
    private long _rightRows;
    private long _unseen;

    public MultilabelEvaluation(MultilabelTask task, DataViewSchema schema, LabelSources sources)
        : base(task)
    {
        _task = task;
        _label = RequireLabel(schema);
        _unmapped = FindUnmapped(schema, _label, sources);
        _predicted = RequireOutput(schema, task.PredictedLabelColumnName, type => type is VectorDataViewType { Size: > 0, ItemType: BooleanDataViewType }, "a known-size vector of Boolean");
        int width = ((VectorDataViewType)_predicted.Type).Size;
        _score = FindOutput(schema, task.ScoreColumnName, type => type is VectorDataViewType vector && vector.Size == width && vector.ItemType == NumberDataViewType.Single);
        _model = new LabelInfo { OutputCount = width, Names = LabelNames.Read(_predicted, OutputAnnotations.SlotNames) };
        if (_model.Names is null && task.GetLabelWidth(_label) != width)
        {
            throw new ArgumentException($"Label column '{_label.Name}' of task '{task.Name}' has {task.GetLabelWidth(_label)} labels, and the model predicts {width}; without names they can't be matched.");
        }

        _labelValue = new float[width];
        _predictedValue = new float[width];
        _scoreValue = new float[width];
        _bothCount = new long[width];
        _labelCount = new long[width];
        _predictedCount = new long[width];
        _knownCount = new long[width];
    }

    public override void Open(DataViewRow row)
    {
        _getLabel = _task.CreateLabelGetter(row, _label, _model);
        _getPredicted = LabelNumbers.ReadNumbers(row, _predicted);
        _getScore = _score is { } score ? LabelNumbers.ReadNumbers(row, score) : null;
        _hasUnknown = MultilabelTask.FindUnknown(row, _label, _model, _unmapped);
    }

    public override void Add()
    {
        if (!TryReadLabel(_getLabel!, _labelValue))
        {
            return;
        }

        _rowCount++;
        _getPredicted!(_predictedValue);
        if (_getScore is not null)
        {
            _getScore(_scoreValue);
            Digest(_scoreValue);
        }

        int wrong = 0;
        for (int i = 0; i < _labelValue.Length; i++)
        {
            if (float.IsNaN(_labelValue[i]))
            {
                continue;
            }

            bool label = _labelValue[i] != 0f;
            bool predicted = _predictedValue[i] != 0f;
            _slotCount++;
            _knownCount[i]++;
            wrong += label != predicted ? 1 : 0;
            _labelCount[i] += label ? 1 : 0;
            _predictedCount[i] += predicted ? 1 : 0;
            _bothCount[i] += label && predicted ? 1 : 0;
        }

        _wrongSlots += wrong;
        bool unseen = _hasUnknown?.Invoke() == true;
        _unseen += unseen ? 1 : 0;
        _rightRows += wrong == 0 && !unseen ? 1 : 0;
    }

    protected override TaskMetrics Compute(MLContext mlContext)
    {
        if (_rowCount == 0)
        {
            return new TaskMetrics(_task, 0, MissingLabelCount) { NotComputed = "no row has a label" };
        }

        var metrics = new MultilabelClassificationMetrics(
            (double)_rightRows / _rowCount,
            (double)_wrongSlots / _slotCount,
            [.. Enumerable.Range(0, _labelValue.Length).Select(i => _knownCount[i] == 0 ? double.NaN : GetF1(_bothCount[i], _labelCount[i] + _predictedCount[i]))],
            GetF1(_bothCount.Sum(), _labelCount.Sum() + _predictedCount.Sum()));
        return new TaskMetrics(_task, _rowCount, MissingLabelCount)
        {
            UnseenLabelCount = _unseen,
            Accuracy = metrics.SubsetAccuracy,
            F1 = metrics.MacroF1,
            Source = metrics,
            NotComputed = Array.IndexOf(_knownCount, 0) is >= 0 and int empty ? $"no row tells whether label {_model.Names?.Texts[empty] ?? $"in slot {empty}"} holds; macro F1 is of the others" : null,
            Values = new Dictionary<string, double>
            {
                ["SubsetAccuracy"] = metrics.SubsetAccuracy,
                ["HammingLoss"] = metrics.HammingLoss,
                ["MacroF1"] = metrics.MacroF1,
                ["MicroF1"] = metrics.MicroF1,
            },
        };
    }

    private static double GetF1(long both, long sum) => sum == 0 ? 0 : 2.0 * both / sum;
}
