using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>Yes or no: a Boolean, 0/1 or two-valued key label, one log-odds output, logistic loss.</summary>
internal sealed class BinaryTask(
    string name,
    string? labelColumnName,
    string? positiveLabel,
    float lossWeight,
    DecisionThreshold? decisionThreshold,
    string? scoreColumnName,
    string? probabilityColumnName,
    string? predictedLabelColumnName)
    : PredictionTask(name, labelColumnName, lossWeight, scoreColumnName)
{
    public string ProbabilityColumnName { get; } =
        TaskArguments.OptionalText(probabilityColumnName, nameof(probabilityColumnName)) ?? name + ".Probability";

    public string PredictedLabelColumnName { get; } =
        TaskArguments.OptionalText(predictedLabelColumnName, nameof(predictedLabelColumnName)) ?? name + ".PredictedLabel";

    /// <summary>The key value that counts as yes, as the user wrote it.</summary>
    public string? PositiveLabel { get; } = positiveLabel;

    internal override DecisionThreshold DecisionThreshold { get; } = decisionThreshold ?? DecisionThreshold.Default;

    public override string Kind => "BinaryClassification";

    public override IReadOnlyList<string> OutputColumnNames => [ScoreColumnName, ProbabilityColumnName, PredictedLabelColumnName];

    internal override TaskDescription Describe() => base.Describe() with
    {
        ProbabilityColumnName = ProbabilityColumnName,
        PredictedLabelColumnName = PredictedLabelColumnName,
        PositiveLabel = PositiveLabel,
        DecisionThreshold = DecisionThreshold.Value,
        DecisionThresholdMetric = DecisionThreshold.Metric?.ToString(),
    };

    internal override string LabelRequirement =>
        $"a binary task needs Boolean, Single (0, 1 or NaN) or a two-valued key. Add Conversion.MapValue(\"{LabelColumnName}\", {{yes: true, no: false}}) before the trainer, "
        + $"or Conversion.MapValueToKey(\"{LabelColumnName}\") together with positiveLabel.";

    internal override string ValidValues => "0, 1 or NaN (missing)";

    internal override bool Accepts(SchemaShape.Column label)
    {
        if (label.Kind != SchemaShape.Column.VectorKind.Scalar)
        {
            return false;
        }

        if (!label.IsKey)
        {
            return label.ItemType is BooleanDataViewType || label.ItemType == NumberDataViewType.Single;
        }

        if (PositiveLabel is null || OutputAnnotations.Find(label, OutputAnnotations.KeyValues) is null)
        {
            throw new ArgumentException(
                $"Label column '{label.Name}' of task '{Name}' is a key, and keys are numbered by first occurrence: name the value that counts as yes, "
                + $"PredictionTask.BinaryClassification(\"{Name}\", positiveLabel: \"...\"), and let the column have KeyValues (as MapValueToKey gives it).");
        }

        return true;
    }

    internal override int GetLabelWidth(DataViewSchema.Column label)
    {
        if (label.Type is KeyDataViewType { Count: not 2 } key)
        {
            throw new ArgumentException(
                $"Label column '{label.Name}' of task '{Name}' is a key with {key.Count} values; a binary task needs two. "
                + $"Use PredictionTask.MulticlassClassification(\"{Name}\"), or map the other values to a Boolean first.");
        }

        return 1;
    }

    internal override LabelGetter CreateLabelGetter(DataViewRow row, DataViewSchema.Column label, LabelInfo? trained)
    {
        if (label.Type is not KeyDataViewType)
        {
            return LabelNumbers.ReadNumbers(row, label);
        }

        Func<long> read = LabelNumbers.ReadKey(row, label);
        long positive = FindPositive(label);
        return destination =>
        {
            long key = read();
            destination[0] = key < 0 ? float.NaN : key == positive ? 1f : 0f;
        };
    }

    internal override string MetricName => "Accuracy";

    internal override IReadOnlyList<string> MetricNames => ["Accuracy", "F1Score", "AreaUnderRocCurve", "LogLoss", "BalancedAccuracy"];

    internal override RunningMetric CreateMetric(LabelInfo info)
    {
        // A threshold that is tuned is not known before training ends.
        float threshold = DecisionThreshold.Value ?? 0.5f;
        return new AccuracyMetric((raw, label) => float.IsNaN(label[0]) ? null : ScoreGetters.Sigmoid(raw[0]) >= threshold == (label[0] != 0f));
    }

    internal override bool IsValid(float value) => value is 0f or 1f;

    internal override LabelInfo Learn(DataViewSchema.Column label, ReadOnlySpan<float> values, int width, bool isTaught)
    {
        if (!isTaught)
        {
            TaskMath.RequireTwoClasses(this, values);
        }

        return new LabelInfo { OutputCount = 1, PositiveLabel = label.Type is KeyDataViewType ? PositiveLabel : null };
    }

    internal override float[][]? LearnValueWeights(LabelInfo info, ReadOnlySpan<float> values, int width) =>
        ClassWeights is null ? null : TaskMath.GetYesNoWeights(this, info, values, width);

    internal override float[] GetInitialBias(LabelInfo info, ReadOnlySpan<float> values, int width, LabelWeights? weights) =>
        TaskMath.GetLogOdds(values, width, weights);

    internal override bool IsConsistent(LabelInfo info) => info.OutputCount == 1;

    internal override torch.Tensor GetLabelLosses(torch.Tensor raw, TaskTargets targets) =>
        torch.nn.functional.binary_cross_entropy_with_logits(raw, TaskMath.Smooth(targets.Labels, LabelSmoothing), reduction: torch.nn.Reduction.None).squeeze(1);

    internal override torch.Tensor GetSoftLosses(torch.Tensor raw, torch.Tensor other, float temperature) =>
        TaskMath.GetBernoulliDivergence(raw, other, temperature).sum(1);

    internal override torch.Tensor Activate(torch.Tensor raw) => raw;

    internal override float ToProbability(float score) => ScoreGetters.Sigmoid(score);

    /// <summary>The log-odds of the mean probability; both sums are of positive numbers, so that certainty of many digits stays one.</summary>
    internal override float GetMeanScore(ReadOnlySpan<float> scores)
    {
        double yes = 0;
        double no = 0;
        (float lowest, float highest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float score in scores)
        {
            yes += 1 / (1 + Math.Exp(-(double)score));
            no += 1 / (1 + Math.Exp(score));
            (lowest, highest) = (Math.Min(lowest, score), Math.Max(highest, score));
        }

        return Math.Clamp((float)Math.Log(yes / no), lowest, highest);
    }

    internal override float ToScore(double probability)
    {
        const double Certain = 1e-7;
        double bounded = Math.Clamp(probability, Certain, 1 - Certain);
        return (float)Math.Log(bounded / (1 - bounded));
    }

    internal override ForeignScores ReadScores(LabelInfo info) => new YesNoScores(this, info);

    internal override IEnumerable<SchemaShape.Column> GetOutputShape(SchemaShape.Column label)
    {
        List<SchemaShape.Column> Annotations(bool normalized = false)
        {
            List<SchemaShape.Column> shape = OutputAnnotations.Shape(normalized);
            if (label.IsKey)
            {
                shape.Add(SchemaShapes.Scalar(OutputAnnotations.PositiveLabel, TextDataViewType.Instance));
            }

            return shape;
        }

        yield return SchemaShapes.Scalar(ScoreColumnName, NumberDataViewType.Single, annotations: Annotations());
        yield return SchemaShapes.Scalar(ProbabilityColumnName, NumberDataViewType.Single, annotations: Annotations(normalized: true));
        yield return SchemaShapes.Scalar(PredictedLabelColumnName, BooleanDataViewType.Instance, annotations: Annotations());
    }

    internal override IReadOnlyList<OutputColumn> GetOutputColumns(LabelInfo info, uint scoreColumnSetId)
    {
        DataViewSchema.Annotations Annotations(string value, bool normalized = false)
        {
            DataViewSchema.Annotations.Builder builder = OutputAnnotations.Values(scoreColumnSetId, Kind, value, normalized);
            if (info.PositiveLabel is { } positive)
            {
                builder.AddPrimitiveValue(OutputAnnotations.PositiveLabel, TextDataViewType.Instance, positive.AsMemory());
            }

            return builder.ToAnnotations();
        }

        float threshold = info.GetThresholds(DecisionThreshold)[0];
        return
        [
            new(ScoreColumnName, NumberDataViewType.Single, Annotations("Score"), ScoreGetters.Scalar),
            new(ProbabilityColumnName, NumberDataViewType.Single, Annotations("Probability", normalized: true), ScoreGetters.Probability),
            new(PredictedLabelColumnName, BooleanDataViewType.Instance, Annotations("PredictedLabel"), (scores, row) => ScoreGetters.Decision(scores, threshold, row)),
        ];
    }

    internal override TaskEvaluation CreateEvaluation(DataViewSchema schema, LabelSources sources) => new BinaryEvaluation(this, schema, sources);

    private long FindPositive(DataViewSchema.Column label)
    {
        LabelNames? names = LabelNames.Read(label, OutputAnnotations.KeyValues);
        return names is not null && PositiveLabel is not null && names.IndexOf(PositiveLabel) is >= 0 and int index
            ? index
            : throw new ArgumentException(
                $"Label column '{label.Name}' of task '{Name}' has no value '{PositiveLabel}' to count as yes"
                + (names is null ? ": it has no KeyValues." : $"; its values are '{string.Join("', '", names.Texts)}'. Give one of them as positiveLabel."));
    }
}
