using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Binary metrics of the rows that have a label. A row whose key label is neither yes nor no, so that MapValueToKey gave it key 0, counts as
/// wrong in the accuracy; curves and F1 know two classes only.
/// </summary>
internal sealed class BinaryEvaluation : TaskEvaluation
{
    private readonly BinaryTask _task;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column? _unmapped;
    private readonly DataViewSchema.Column _score;
    private readonly DataViewSchema.Column _probability;
    private readonly DataViewSchema.Column _predicted;
    private readonly List<Row> _rows = [];
    private readonly float[] _labelValue = new float[1];
    private LabelGetter? _getLabel;
    private ValueGetter<float>? _getScore;
    private ValueGetter<float>? _getProbability;
    private ValueGetter<bool>? _getPredicted;
    private Func<int>? _countUnmapped;

    public BinaryEvaluation(BinaryTask task, DataViewSchema schema, LabelSources sources)
        : base(task)
    {
        _task = task;
        _label = RequireLabel(schema);
        task.GetLabelWidth(_label);
        _unmapped = FindUnmapped(schema, _label, sources);
        _score = RequireOutput(schema, task.ScoreColumnName, type => type == NumberDataViewType.Single, "Single");
        _probability = RequireOutput(schema, task.ProbabilityColumnName, type => type == NumberDataViewType.Single, "Single");
        _predicted = RequireOutput(schema, task.PredictedLabelColumnName, type => type is BooleanDataViewType, "Boolean");
    }

    public override void Open(DataViewRow row)
    {
        _getLabel = _task.CreateLabelGetter(row, _label, null);
        _getScore = row.GetGetter<float>(_score);
        _getProbability = row.GetGetter<float>(_probability);
        _getPredicted = row.GetGetter<bool>(_predicted);
        _countUnmapped = _unmapped is { } unmapped ? UnmappedLabel.CreateCounter(row, unmapped) : null;
    }

    public override void Add()
    {
        if (!TryReadLabel(_getLabel!, _labelValue))
        {
            if (_countUnmapped?.Invoke() > 0)
            {
                CountAsUnseen();
            }

            return;
        }

        float score = 0;
        float probability = 0;
        bool predicted = false;
        _getScore!(ref score);
        Digest([score]);
        _getProbability!(ref probability);
        _getPredicted!(ref predicted);
        _rows.Add(new Row { Label = _labelValue[0] != 0f, Score = score, Probability = probability, PredictedLabel = predicted });
    }

    protected override TaskMetrics Compute(MLContext mlContext)
    {
        if (_rows.Count == 0)
        {
            return new TaskMetrics(_task, UnseenLabelCount, MissingLabelCount)
            {
                UnseenLabelCount = UnseenLabelCount,
                NotComputed = UnseenLabelCount > 0 ? "no row has a label that the model knows" : "no row has a label",
            };
        }

        long count = _rows.Count + UnseenLabelCount;
        double accuracy = _rows.Count(row => row.Label == row.PredictedLabel) / (double)count;
        int positives = _rows.Count(row => row.Label);
        if (positives == 0 || positives == _rows.Count)
        {
            // ML.NET's evaluator refuses such rows as a whole; the accuracy exists all the same.
            return new TaskMetrics(_task, count, MissingLabelCount)
            {
                UnseenLabelCount = UnseenLabelCount,
                Accuracy = accuracy,
                NotComputed = $"every labelled row is {(positives == 0 ? "negative" : "positive")}, so F1 and the areas under curves are not defined",
                Values = Describe(accuracy, double.NaN, double.NaN, double.NaN, double.NaN),
            };
        }

        CalibratedBinaryClassificationMetrics metrics = mlContext.BinaryClassification.Evaluate(
            mlContext.Data.LoadFromEnumerable(AlignScores()), nameof(Row.Label), nameof(Row.Score), nameof(Row.Probability), nameof(Row.PredictedLabel));
        return new TaskMetrics(_task, count, MissingLabelCount)
        {
            UnseenLabelCount = UnseenLabelCount,
            Accuracy = accuracy,
            F1 = double.IsNaN(metrics.F1Score) ? 0 : metrics.F1Score,
            Source = metrics,
            Values = Describe(accuracy, (metrics.PositiveRecall + metrics.NegativeRecall) / 2, metrics.F1Score, metrics.AreaUnderRocCurve, metrics.LogLoss),
        };
    }

    /// <summary>
    /// ML.NET's evaluator does not look at the predicted label: it takes scores above 0 for yes. Where the model's
    /// threshold is another, all scores are shifted by as much, which leaves their order, and so the curves, as they are.
    /// </summary>
    private IEnumerable<Row> AlignScores()
    {
        if (_rows.TrueForAll(row => row.PredictedLabel == row.Score > 0))
        {
            return _rows;
        }

        float lowestYes = _rows.Where(row => row.PredictedLabel).Select(row => row.Score).DefaultIfEmpty(float.PositiveInfinity).Min();
        float highestNo = _rows.Where(row => !row.PredictedLabel).Select(row => row.Score).DefaultIfEmpty(float.NegativeInfinity).Max();
        float shift = float.IsFinite(highestNo) ? highestNo : lowestYes - 1;
        return _rows.Select(row => new Row { Label = row.Label, Probability = row.Probability, PredictedLabel = row.PredictedLabel, Score = row.Score - shift });
    }

    private static Dictionary<string, double> Describe(double accuracy, double balancedAccuracy, double f1, double areaUnderRocCurve, double logLoss) => new()
    {
        ["Accuracy"] = accuracy,
        ["F1Score"] = f1,
        ["AreaUnderRocCurve"] = areaUnderRocCurve,
        ["LogLoss"] = logLoss,
        ["BalancedAccuracy"] = balancedAccuracy,
    };

    /// <summary>What ML.NET's evaluator reads.</summary>
    private sealed class Row
    {
        public bool Label { get; init; }

        public float Score { get; init; }

        public float Probability { get; init; }

        public bool PredictedLabel { get; init; }
    }
}
