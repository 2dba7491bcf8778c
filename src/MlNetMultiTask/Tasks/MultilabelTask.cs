using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>A set of labels: one log-odds output a label, logistic loss averaged over the labelled slots.</summary>
internal sealed class MultilabelTask(
    string name,
    string? labelColumnName,
    float lossWeight,
    DecisionThreshold? decisionThreshold,
    string? scoreColumnName,
    string? predictedLabelColumnName)
    : PredictionTask(name, labelColumnName, lossWeight, scoreColumnName)
{
    public string PredictedLabelColumnName { get; } =
        TaskArguments.OptionalText(predictedLabelColumnName, nameof(predictedLabelColumnName)) ?? name + ".PredictedLabel";

    internal override DecisionThreshold DecisionThreshold { get; } = decisionThreshold ?? DecisionThreshold.Default;

    public override string Kind => "MultilabelClassification";

    public override IReadOnlyList<string> OutputColumnNames => [ScoreColumnName, PredictedLabelColumnName];

    internal override TaskDescription Describe() => base.Describe() with
    {
        PredictedLabelColumnName = PredictedLabelColumnName,
        DecisionThreshold = DecisionThreshold.Value,
        DecisionThresholdMetric = DecisionThreshold.Metric?.ToString(),
    };

    internal override string LabelRequirement =>
        "a multilabel task needs a known-size vector of Boolean or of Single (0, 1 or NaN), or a vector of keys. "
        + $"Add Conversion.MapValueToKey(\"{LabelColumnName}\") before the trainer for a vector of texts; for a class's property, [VectorType(n)] gives a vector its size.";

    internal override string ValidValues => "0, 1 or NaN (missing)";

    internal override bool Accepts(SchemaShape.Column label) =>
        label.IsKey
            ? label.Kind != SchemaShape.Column.VectorKind.Scalar
            : label.Kind == SchemaShape.Column.VectorKind.Vector && (label.ItemType is BooleanDataViewType || label.ItemType == NumberDataViewType.Single);

    internal override int GetLabelWidth(DataViewSchema.Column label)
    {
        var vector = (VectorDataViewType)label.Type;
        return vector.ItemType is KeyDataViewType key ? checked((int)key.Count) : vector.Size;
    }

    internal override bool HasNamesOfBoth(DataViewSchema.Column label, LabelInfo trained) =>
        trained.Names is not null && ReadNames(label) is not null;

    internal override LabelGetter CreateLabelGetter(DataViewRow row, DataViewSchema.Column label, LabelInfo? trained)
    {
        int[]? map = MapNames(label, trained);
        return IsBag(label) ? ReadBag(row, label, map) : ReadVector(row, label, map);
    }

    /// <summary>
    /// Tells whether a row has a label that the model does not know: a key or a slot of another name, or a value of which
    /// no key was made. Null where none can be.
    /// </summary>
    internal static Func<bool>? FindUnknown(DataViewRow row, DataViewSchema.Column label, LabelInfo model, DataViewSchema.Column? unmapped)
    {
        int[]? map = MapNames(label, model);
        if (IsBag(label))
        {
            Func<List<long>> read = LabelNumbers.ReadKeys(row, label);
            Func<int>? countValues = unmapped is { } column ? UnmappedLabel.CreateCounter(row, column) : null;
            return () =>
            {
                List<long> keys = read();
                return keys.Exists(key => (map is null ? key : map[key]) < 0 || (map is null && key >= model.OutputCount)) || countValues?.Invoke() > keys.Count;
            };
        }

        if (map is null || !map.Contains(-1))
        {
            return null;
        }

        LabelGetter readSlots = LabelNumbers.ReadNumbers(row, label);
        float[] given = new float[map.Length];
        return () =>
        {
            readSlots(given);
            return given.Zip(map).Any(slot => slot is (1f, -1));
        };
    }

    internal override string MetricName => "SubsetAccuracy";

    internal override IReadOnlyList<string> MetricNames => ["SubsetAccuracy", "HammingLoss", "MacroF1", "MicroF1"];

    internal override RunningMetric CreateMetric(LabelInfo info)
    {
        // A threshold that is tuned is not known before training ends.
        float threshold = DecisionThreshold.Value ?? 0.5f;
        return new AccuracyMetric((raw, label) =>
        {
            bool? right = null;
            for (int slot = 0; slot < label.Length; slot++)
            {
                if (!float.IsNaN(label[slot]))
                {
                    right = right != false && ScoreGetters.Sigmoid(raw[slot]) >= threshold == (label[slot] != 0f);
                }
            }

            return right;
        });
    }

    internal override bool IsValid(float value) => value is 0f or 1f;

    internal override LabelInfo Learn(DataViewSchema.Column label, ReadOnlySpan<float> values, int width, bool isTaught) =>
        new() { OutputCount = width, Names = ReadNames(label) };

    internal override float[][]? LearnValueWeights(LabelInfo info, ReadOnlySpan<float> values, int width) =>
        ClassWeights is null ? null : TaskMath.GetYesNoWeights(this, info, values, width);

    internal override float[] GetInitialBias(LabelInfo info, ReadOnlySpan<float> values, int width, LabelWeights? weights) =>
        TaskMath.GetLogOdds(values, width, weights);

    internal override torch.Tensor GetLabelLosses(torch.Tensor raw, TaskTargets targets) =>
        TaskMath.ReduceSlots(torch.nn.functional.binary_cross_entropy_with_logits(raw, TaskMath.Smooth(targets.Labels, LabelSmoothing), reduction: torch.nn.Reduction.None), targets);

    internal override torch.Tensor GetSoftLosses(torch.Tensor raw, torch.Tensor other, float temperature) =>
        TaskMath.GetBernoulliDivergence(raw, other, temperature).mean([1]);

    internal override torch.Tensor Activate(torch.Tensor raw) => raw.sigmoid();

    internal override ForeignScores ReadScores(LabelInfo info) => new SetScores(this, info);

    internal override IEnumerable<SchemaShape.Column> GetOutputShape(SchemaShape.Column label)
    {
        List<SchemaShape.Column> Annotations()
        {
            List<SchemaShape.Column> shape = OutputAnnotations.Shape();
            if (OutputAnnotations.Find(label, NamesAnnotation(label.IsKey)) is not null)
            {
                shape.Add(SchemaShapes.Vector(OutputAnnotations.SlotNames, TextDataViewType.Instance));
            }

            return shape;
        }

        yield return SchemaShapes.Vector(ScoreColumnName, NumberDataViewType.Single, annotations: Annotations());
        yield return SchemaShapes.Vector(PredictedLabelColumnName, BooleanDataViewType.Instance, annotations: Annotations());
    }

    internal override IReadOnlyList<OutputColumn> GetOutputColumns(LabelInfo info, uint scoreColumnSetId)
    {
        DataViewSchema.Annotations Annotations(string value)
        {
            DataViewSchema.Annotations.Builder builder = OutputAnnotations.Values(scoreColumnSetId, Kind, value);
            info.Names?.AddTextsTo(builder, OutputAnnotations.SlotNames);
            return builder.ToAnnotations();
        }

        int count = info.OutputCount;
        float[] thresholds = info.GetThresholds(DecisionThreshold);
        return
        [
            new(ScoreColumnName, new VectorDataViewType(NumberDataViewType.Single, count), Annotations("Score"), (scores, row) => ScoreGetters.Vector(scores, count, row)),
            new(PredictedLabelColumnName, new VectorDataViewType(BooleanDataViewType.Instance, count), Annotations("PredictedLabel"), (scores, row) => ScoreGetters.Decisions(scores, thresholds, row)),
        ];
    }

    internal override TaskEvaluation CreateEvaluation(DataViewSchema schema, LabelSources sources) => new MultilabelEvaluation(this, schema, sources);

    private static bool IsBag(DataViewSchema.Column label) => ((VectorDataViewType)label.Type).ItemType is KeyDataViewType;

    private static string NamesAnnotation(bool isBag) => isBag ? OutputAnnotations.KeyValues : OutputAnnotations.SlotNames;

    private static LabelNames? ReadNames(DataViewSchema.Column label) => LabelNames.Read(label, NamesAnnotation(IsBag(label)));

    /// <summary>For each name of the column its place in the model; null where they can't be compared.</summary>
    private static int[]? MapNames(DataViewSchema.Column label, LabelInfo? trained) =>
        trained?.Names is { } known && ReadNames(label) is { } given ? given.MapTo(known) : null;

    /// <summary>A bag says which labels hold; one that the model does not know can't be predicted and is left out.</summary>
    private static LabelGetter ReadBag(DataViewRow row, DataViewSchema.Column label, int[]? map)
    {
        Func<List<long>> read = LabelNumbers.ReadKeys(row, label);
        return destination =>
        {
            destination.Clear();
            foreach (long key in read())
            {
                long index = map is null ? key : map[key];
                if (index >= 0 && index < destination.Length)
                {
                    destination[(int)index] = 1f;
                }
            }
        };
    }

    private static LabelGetter ReadVector(DataViewRow row, DataViewSchema.Column label, int[]? map)
    {
        LabelGetter read = LabelNumbers.ReadNumbers(row, label);
        if (map is null)
        {
            return read;
        }

        float[] given = new float[map.Length];
        return destination =>
        {
            read(given);
            destination.Fill(float.NaN);
            for (int i = 0; i < map.Length; i++)
            {
                if (map[i] >= 0)
                {
                    destination[map[i]] = given[i];
                }
            }
        };
    }
}
