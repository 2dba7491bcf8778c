using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>One number or several: squared error of the standardised label, averaged over the labelled slots.</summary>
internal sealed class RegressionTask(string name, string? labelColumnName, float lossWeight, string? scoreColumnName)
    : PredictionTask(name, labelColumnName, lossWeight, scoreColumnName)
{
    public override string Kind => "Regression";

    public override IReadOnlyList<string> OutputColumnNames => [ScoreColumnName];

    internal override string LabelRequirement =>
        $"a regression task needs Single or a known-size vector of Single. Add Conversion.ConvertType(\"{LabelColumnName}\", outputKind: DataKind.Single) before the trainer; "
        + "for a class's property, [VectorType(n)] gives a vector its size.";

    internal override string ValidValues => "finite numbers, or NaN (missing)";

    internal override bool Accepts(SchemaShape.Column label) =>
        label.Kind != SchemaShape.Column.VectorKind.VariableVector && !label.IsKey && label.ItemType == NumberDataViewType.Single;

    internal override int GetLabelWidth(DataViewSchema.Column label) =>
        label.Type is VectorDataViewType vector ? vector.Size : 1;

    internal override LabelGetter CreateLabelGetter(DataViewRow row, DataViewSchema.Column label, LabelInfo? trained) =>
        LabelNumbers.ReadNumbers(row, label);

    internal override string MetricName => "RSquared";

    internal override IReadOnlyList<string> MetricNames => ["RSquared", "RootMeanSquaredError", "MeanAbsoluteError"];

    internal override RunningMetric CreateMetric(LabelInfo info) => new RSquaredMetric(labels => Standardize(labels, info), info.OutputCount);

    internal override bool IsValid(float value) => float.IsFinite(value);

    internal override LabelInfo Learn(DataViewSchema.Column label, ReadOnlySpan<float> values, int width, bool isTaught)
    {
        float[] means = new float[width];
        float[] deviations = new float[width];
        for (int slot = 0; slot < width; slot++)
        {
            (means[slot], deviations[slot]) = Moments(values, slot, width);
        }

        return new LabelInfo
        {
            OutputCount = width,
            IsVector = label.Type is VectorDataViewType,
            Names = LabelNames.Read(label, OutputAnnotations.SlotNames),
            Means = means,
            Deviations = deviations,
        };
    }

    /// <summary>A label that was constant has no scale yet.</summary>
    internal override LabelInfo LearnMore(LabelInfo known, ReadOnlySpan<float> values, int width)
    {
        if (!known.Deviations!.Contains(0f))
        {
            return known;
        }

        float[] means = [.. known.Means!];
        float[] deviations = [.. known.Deviations!];
        for (int slot = 0; slot < width; slot++)
        {
            if (deviations[slot] == 0f)
            {
                (means[slot], deviations[slot]) = Moments(values, slot, width);
            }
        }

        return known with { Means = means, Deviations = deviations };
    }

    /// <summary>The standardised label's mean is 0.</summary>
    internal override float[] GetInitialBias(LabelInfo info, ReadOnlySpan<float> values, int width, LabelWeights? weights) => new float[width];

    internal override void Standardize(Span<float> values, LabelInfo info)
    {
        int width = info.OutputCount;
        for (int i = 0; i < values.Length; i++)
        {
            // Where training saw a constant, other rows may differ: the difference itself is as good a scale as any.
            double deviation = info.Deviations![i % width];
            values[i] = (float)(((double)values[i] - info.Means![i % width]) / (deviation == 0 ? 1 : deviation));
        }
    }

    internal override bool IsConsistent(LabelInfo info) =>
        info.Means?.Length == info.OutputCount && info.Deviations?.Length == info.OutputCount && Array.TrueForAll(info.Deviations, deviation => deviation >= 0)
        && (info.IsVector || info.OutputCount == 1);

    internal override torch.Tensor GetLabelLosses(torch.Tensor raw, TaskTargets targets) =>
        TaskMath.ReduceSlots((raw - targets.Labels).Squared(), targets);

    internal override torch.Tensor GetSoftLosses(torch.Tensor raw, torch.Tensor other, float temperature) =>
        (raw - other).Squared().mean([1]);

    internal override torch.Tensor Activate(torch.Tensor raw) => raw;

    internal override void Complete(Span<float> scores, LabelInfo info)
    {
        int width = info.OutputCount;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)(((double)scores[i] * info.Deviations![i % width]) + info.Means![i % width]);
        }
    }

    internal override ForeignScores ReadScores(LabelInfo info) => new NumberScores(this, info);

    internal override IEnumerable<SchemaShape.Column> GetOutputShape(SchemaShape.Column label)
    {
        List<SchemaShape.Column> annotations = OutputAnnotations.Shape();
        if (label.Kind == SchemaShape.Column.VectorKind.Scalar)
        {
            yield return SchemaShapes.Scalar(ScoreColumnName, NumberDataViewType.Single, annotations: annotations);
            yield break;
        }

        if (OutputAnnotations.Find(label, OutputAnnotations.SlotNames) is not null)
        {
            annotations.Add(SchemaShapes.Vector(OutputAnnotations.SlotNames, TextDataViewType.Instance));
        }

        yield return SchemaShapes.Vector(ScoreColumnName, NumberDataViewType.Single, annotations: annotations);
    }

    internal override IReadOnlyList<OutputColumn> GetOutputColumns(LabelInfo info, uint scoreColumnSetId)
    {
        DataViewSchema.Annotations.Builder annotations = OutputAnnotations.Values(scoreColumnSetId, Kind, "Score");
        if (!info.IsVector)
        {
            return [new(ScoreColumnName, NumberDataViewType.Single, annotations.ToAnnotations(), ScoreGetters.Scalar)];
        }

        info.Names?.AddTextsTo(annotations, OutputAnnotations.SlotNames);
        int count = info.OutputCount;
        return
        [
            new(ScoreColumnName, new VectorDataViewType(NumberDataViewType.Single, count), annotations.ToAnnotations(), (scores, row) => ScoreGetters.Vector(scores, count, row)),
        ];
    }

    internal override TaskEvaluation CreateEvaluation(DataViewSchema schema, LabelSources sources) => new RegressionEvaluation(this, schema);

    private static (float Mean, float Deviation) Moments(ReadOnlySpan<float> values, int slot, int width)
    {
        // Welford's update: exact enough for labels of any offset.
        double mean = 0;
        double squares = 0;
        long count = 0;
        for (int i = slot; i < values.Length; i += width)
        {
            if (!float.IsNaN(values[i]))
            {
                count++;
                double delta = values[i] - mean;
                mean += delta / count;
                squares += delta * (values[i] - mean);
            }
        }

        double deviation = count > 0 ? Math.Sqrt(squares / count) : 0;

        // A deviation that is only rounding noise of the mean is a constant label: of deviation 0, so that it is predicted exactly.
        bool constant = deviation <= Math.Abs(mean) * 1e-7;
        return ((float)mean, constant ? 0f : (float)deviation);
    }
}
