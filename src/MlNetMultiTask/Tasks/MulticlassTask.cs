using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>One of several classes: a key label, softmax, cross-entropy.</summary>
internal sealed class MulticlassTask(
    string name, string? labelColumnName, float lossWeight, string? scoreColumnName, string? predictedLabelColumnName)
    : PredictionTask(name, labelColumnName, lossWeight, scoreColumnName)
{
    /// <summary>A softmax of more classes than this would need gigabytes; such a label is most likely an identifier.</summary>
    private const int MaximumNumberOfClasses = 1_000_000;

    public string PredictedLabelColumnName { get; } =
        TaskArguments.OptionalText(predictedLabelColumnName, nameof(predictedLabelColumnName)) ?? name + ".PredictedLabel";

    public override string Kind => "MulticlassClassification";

    public override IReadOnlyList<string> OutputColumnNames => [ScoreColumnName, PredictedLabelColumnName];

    internal override TaskDescription Describe() => base.Describe() with { PredictedLabelColumnName = PredictedLabelColumnName };

    internal override string LabelRequirement =>
        $"a multiclass task needs a key column. Add Conversion.MapValueToKey(\"{LabelColumnName}\") before the trainer.";

    internal override string ValidValues => "keys";

    internal override bool HasIndexTargets => true;

    internal override string MetricName => "MicroAccuracy";

    internal override IReadOnlyList<string> MetricNames => ["MicroAccuracy", "MacroAccuracy", "MacroF1", "LogLoss"];

    internal override bool Accepts(SchemaShape.Column label) =>
        label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar;

    internal override int GetLabelWidth(DataViewSchema.Column label)
    {
        ulong count = ((KeyDataViewType)label.Type).Count;
        return count <= MaximumNumberOfClasses
            ? 1
            : throw new ArgumentException($"Label column '{label.Name}' of task '{Name}' has {count} classes; a multiclass task takes {MaximumNumberOfClasses} at most.");
    }

    internal override LabelGetter CreateLabelGetter(DataViewRow row, DataViewSchema.Column label, LabelInfo? trained)
    {
        Func<long> read = LabelNumbers.ReadKey(row, label);
        int[]? map = trained?.Names is { } known && LabelNames.Read(label, OutputAnnotations.KeyValues) is { } given ? given.MapTo(known) : null;
        long count = trained?.OutputCount ?? long.MaxValue;
        return destination =>
        {
            long key = read();
            long index = key >= 0 && map is not null ? (key < map.Length ? map[key] : -1) : key;
            destination[0] = key < 0 ? float.NaN : index >= 0 && index < count ? index : float.NegativeInfinity;
        };
    }

    internal override RunningMetric CreateMetric(LabelInfo info) =>
        new AccuracyMetric((raw, label) => float.IsNaN(label[0]) ? null : TaskMath.IndexOfMaximum(raw) == (int)label[0]);

    internal override bool IsValid(float value) => true;

    internal override LabelInfo Learn(DataViewSchema.Column label, ReadOnlySpan<float> values, int width, bool isTaught)
    {
        var key = (KeyDataViewType)label.Type;
        if (!isTaught)
        {
            TaskMath.RequireTwoClasses(this, values);
        }

        return new LabelInfo
        {
            OutputCount = checked((int)key.Count),
            KeyType = key.RawType,
            Names = LabelNames.Read(label, OutputAnnotations.KeyValues),
        };
    }

    internal override float[][]? LearnValueWeights(LabelInfo info, ReadOnlySpan<float> values, int width)
    {
        if (ClassWeights is not { } weights)
        {
            return null;
        }

        long[] counts = new long[info.OutputCount];
        foreach (float value in values)
        {
            if (value >= 0)
            {
                counts[(int)value]++;
            }
        }

        return [ClassWeights.Normalize(counts, weights.IsBalanced ? ClassWeights.Invert(counts) : TaskMath.GetWeightsByName(this, info))];
    }

    internal override float[] GetInitialBias(LabelInfo info, ReadOnlySpan<float> values, int width, LabelWeights? weights)
    {
        // One row is added to every class, so that a class without rows starts improbable and not impossible.
        double[] counts = [.. Enumerable.Repeat(1.0, info.OutputCount)];
        for (int row = 0; row < values.Length; row++)
        {
            if (values[row] >= 0)
            {
                counts[(int)values[row]] += weights?.Of(row, 0, values[row]) ?? 1;
            }
        }

        double total = counts.Sum();
        return [.. counts.Select(count => (float)Math.Log(count / total))];
    }

    /// <summary>A key type must be able to count the classes.</summary>
    internal override bool IsConsistent(LabelInfo info) =>
        info.KeyType is { } keyType && info.OutputCount <= MaximumNumberOfClasses
        && (keyType != typeof(byte) || info.OutputCount <= byte.MaxValue)
        && (keyType != typeof(ushort) || info.OutputCount <= ushort.MaxValue);

    internal override torch.Tensor GetLabelLosses(torch.Tensor raw, TaskTargets targets) =>
        torch.nn.functional.cross_entropy(raw, targets.Labels, reduction: torch.nn.Reduction.None, label_smoothing: LabelSmoothing);

    internal override torch.Tensor GetSoftLosses(torch.Tensor raw, torch.Tensor other, float temperature)
    {
        torch.Tensor logP = torch.nn.functional.log_softmax(other.Times(1.0 / temperature), 1);
        torch.Tensor logQ = torch.nn.functional.log_softmax(raw.Times(1.0 / temperature), 1);
        return (logP.exp() * (logP - logQ)).sum(1).Times(temperature * temperature);
    }

    internal override torch.Tensor Activate(torch.Tensor raw) => raw.softmax(1);

    internal override ForeignScores ReadScores(LabelInfo info) => new ClassScores(this, info);

    internal override IEnumerable<SchemaShape.Column> GetOutputShape(SchemaShape.Column label)
    {
        List<SchemaShape.Column> score = OutputAnnotations.Shape();
        List<SchemaShape.Column> predicted = OutputAnnotations.Shape();
        if (OutputAnnotations.Find(label, OutputAnnotations.KeyValues) is { } names)
        {
            score.Add(SchemaShapes.Vector(OutputAnnotations.SlotNames, TextDataViewType.Instance));
            score.Add(SchemaShapes.Vector(OutputAnnotations.TrainingLabelValues, names.ItemType));
            predicted.Add(SchemaShapes.Vector(OutputAnnotations.KeyValues, names.ItemType));
        }

        yield return SchemaShapes.Vector(ScoreColumnName, NumberDataViewType.Single, annotations: score);
        yield return SchemaShapes.Scalar(PredictedLabelColumnName, label.ItemType, isKey: true, predicted);
    }

    internal override IReadOnlyList<OutputColumn> GetOutputColumns(LabelInfo info, uint scoreColumnSetId)
    {
        DataViewSchema.Annotations.Builder score = OutputAnnotations.Values(scoreColumnSetId, Kind, "Score");
        DataViewSchema.Annotations.Builder predicted = OutputAnnotations.Values(scoreColumnSetId, Kind, "PredictedLabel");
        info.Names?.AddTextsTo(score, OutputAnnotations.SlotNames);
        info.Names?.AddTo(score, OutputAnnotations.TrainingLabelValues);
        info.Names?.AddTo(predicted, OutputAnnotations.KeyValues);
        int count = info.OutputCount;
        Type keyType = info.KeyType!;
        return
        [
            new(ScoreColumnName, new VectorDataViewType(NumberDataViewType.Single, count), score.ToAnnotations(), (scores, row) => ScoreGetters.Vector(scores, count, row)),
            new(PredictedLabelColumnName, new KeyDataViewType(keyType, count), predicted.ToAnnotations(), (scores, row) => ScoreGetters.BestKey(keyType, scores, count, row)),
        ];
    }

    internal override TaskEvaluation CreateEvaluation(DataViewSchema schema, LabelSources sources) =>
        new MulticlassEvaluation(this, schema, sources);
}
