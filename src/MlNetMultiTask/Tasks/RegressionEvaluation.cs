using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>Regression metrics, slot by slot of a vector label, of the slots that have a label.</summary>
internal sealed class RegressionEvaluation : TaskEvaluation
{
    private readonly PredictionTask _task;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly float[] _labelValue;
    private readonly float[] _scoreValue;
    private readonly List<Row>[] _slots;
    private LabelGetter? _getLabel;
    private LabelGetter? _getScore;
    private long _rowCount;

    public RegressionEvaluation(RegressionTask task, DataViewSchema schema)
        : base(task)
    {
        _task = task;
        _label = RequireLabel(schema);
        int width = task.GetLabelWidth(_label);
        _score = RequireOutput(
            schema,
            task.ScoreColumnName,
            type => _label.Type is VectorDataViewType
                ? type is VectorDataViewType vector && vector.Size == width && vector.ItemType == NumberDataViewType.Single
                : type == NumberDataViewType.Single,
            $"the label's type ({_label.Type})");
        _labelValue = new float[width];
        _scoreValue = new float[width];
        _slots = [.. Enumerable.Range(0, width).Select(_ => new List<Row>())];
    }

    public override void Open(DataViewRow row)
    {
        _getLabel = _task.CreateLabelGetter(row, _label, null);
        _getScore = LabelNumbers.ReadNumbers(row, _score);
    }

    public override void Add()
    {
        if (!TryReadLabel(_getLabel!, _labelValue))
        {
            return;
        }

        _rowCount++;
        _getScore!(_scoreValue);
        Digest(_scoreValue);
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            if (!float.IsNaN(_labelValue[slot]))
            {
                _slots[slot].Add(new Row { Label = _labelValue[slot], Score = _scoreValue[slot] });
            }
        }
    }

    protected override TaskMetrics Compute(MLContext mlContext)
    {
        if (_rowCount == 0)
        {
            return new TaskMetrics(_task, _rowCount, MissingLabelCount) { NotComputed = "no row has a label" };
        }

        RegressionMetrics?[] metrics =
        [
            .. _slots.Select(slot => slot.Count == 0 ? null : mlContext.Regression.Evaluate(mlContext.Data.LoadFromEnumerable(slot), nameof(Row.Label), nameof(Row.Score))),
        ];
        RegressionMetrics[] measured = [.. metrics.OfType<RegressionMetrics>()];
        int empty = Array.IndexOf(metrics, null);

        // Of a constant label, ML.NET's R² is rounding noise over rounding noise, or NaN.
        int constant = Array.FindIndex(_slots, slot => slot.Count > 0 && slot.TrueForAll(row => row.Label == slot[0].Label));
        return new TaskMetrics(_task, _rowCount, MissingLabelCount)
        {
            Source = metrics,
            NotComputed = constant >= 0 ? $"every labelled row has the same label{(_slots.Length > 1 ? $" in slot {constant}" : "")}, so R² is not defined"
                : empty >= 0 ? $"no row has a label in slot {empty}; the means are of the other slots"
                : null,
            Values = new Dictionary<string, double>
            {
                ["RSquared"] = constant < 0 ? measured.Average(slot => slot.RSquared) : double.NaN,
                ["RootMeanSquaredError"] = measured.Average(slot => slot.RootMeanSquaredError),
                ["MeanAbsoluteError"] = measured.Average(slot => slot.MeanAbsoluteError),
            },
        };
    }

    /// <summary>What ML.NET's evaluator reads.</summary>
    private sealed class Row
    {
        public float Label { get; init; }

        public float Score { get; init; }
    }
}
