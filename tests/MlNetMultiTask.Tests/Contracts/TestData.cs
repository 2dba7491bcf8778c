using Microsoft.ML;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Small synthetic data whose labels follow from the features: the same rows everywhere, at each call.</summary>
public static class TestData
{
    public const int FeatureCount = 4;

    private static readonly string[] _colors = ["red", "green", "blue"];
    private static readonly string[] _tags = ["soft", "warm", "loud"];

    /// <summary>A task of each kind.</summary>
    public static PredictionTask[] Tasks() =>
    [
        PredictionTask.MulticlassClassification("Color"),
        PredictionTask.BinaryClassification("Big"),
        PredictionTask.Regression("Size"),
        PredictionTask.MultilabelClassification("Tags"),
    ];

    /// <summary>A task on each type of label that its kind takes.</summary>
    public static IReadOnlyDictionary<string, PredictionTask> TasksByLabelType { get; } = new Dictionary<string, PredictionTask>
    {
        ["key of texts"] = PredictionTask.MulticlassClassification("Color"),
        ["key of numbers"] = PredictionTask.MulticlassClassification("Grade"),
        ["key of dates"] = PredictionTask.MulticlassClassification("Day"),
        ["key without names"] = PredictionTask.MulticlassClassification("Plain"),
        ["Boolean"] = PredictionTask.BinaryClassification("Big"),
        ["0 or 1"] = PredictionTask.BinaryClassification("BigNumber"),
        ["key of two"] = PredictionTask.BinaryClassification("Sex", positiveLabel: "female"),
        ["number"] = PredictionTask.Regression("Size"),
        ["vector of numbers"] = PredictionTask.Regression("Sizes"),
        ["named numbers"] = PredictionTask.Regression("NamedSizes"),
        ["vector of Booleans"] = PredictionTask.MultilabelClassification("Tags"),
        ["vector of 0 or 1"] = PredictionTask.MultilabelClassification("TagNumbers"),
        ["named Booleans"] = PredictionTask.MultilabelClassification("NamedTags"),
        ["bag of keys"] = PredictionTask.MultilabelClassification("TagNames"),
    };

    public static Example[] Rows(int count = 60, uint seed = 1)
    {
        uint state = seed;
        float Next()
        {
            state = (state * 1664525u) + 1013904223u;
            return ((state >> 8) / (float)(1 << 23)) - 1f;
        }

        return [.. Enumerable.Range(0, count).Select(i => Create(i, [Next(), Next(), Next(), Next()]))];
    }

    /// <summary>Rows as users load them.</summary>
    public static IDataView Raw(MLContext ml, int count = 60, uint seed = 1) => ml.Data.LoadFromEnumerable(Rows(count, seed));

    /// <summary>Rows with their keys made, as the trainer sees them.</summary>
    public static IDataView View(MLContext ml, int count = 60, uint seed = 1) => Map(ml, Rows(count, seed));

    /// <summary>Given rows with their keys made; the keys' numbers do not depend on which rows are given.</summary>
    public static IDataView Map(MLContext ml, IEnumerable<Example> rows) =>
        Keys(ml).Fit(Raw(ml)).Transform(ml.Data.LoadFromEnumerable(rows));

    /// <summary>The transforms that make the keys, and vectors with slot names.</summary>
    public static IEstimator<ITransformer> Keys(MLContext ml) =>
        ml.Transforms.Conversion.MapValueToKey("Color")
            .Append(ml.Transforms.Conversion.MapValueToKey("Grade"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Day"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Sex"))
            .Append(ml.Transforms.Conversion.MapValueToKey("TagNames"))
            .Append(ml.Transforms.Concatenate("NamedSizes", "Size", "Weight"))
            .Append(ml.Transforms.Concatenate("NamedTags", "Big", "Big"));

    private static Example Create(int index, float[] x)
    {
        int color = x[0] + x[1] > 0.4f ? 0 : x[0] - x[1] > 0 ? 1 : 2;
        bool[] tags = [x[1] > 0, x[2] + x[3] > 0, x[0] > x[3]];
        bool big = x[0] + (0.5f * x[2]) > 0;
        float size = 50f + (10f * x[0]) - (4f * x[3]);
        return new Example
        {
            Features = x,
            Color = _colors[color],
            Grade = 10 * (color + 1),
            Day = new DateTime(2026, 1, color + 1, 12, 30, 0, DateTimeKind.Unspecified),
            Plain = (uint)color,
            Big = big,
            BigNumber = big ? 1 : 0,
            Sex = big ? "female" : "male",
            Size = size,
            Sizes = [size, -x[2]],
            Tags = tags,
            TagNumbers = Array.ConvertAll(tags, tag => tag ? 1f : 0f),
            TagNames = [.. _tags.Where((_, i) => tags[i])],
            Weight = 0.5f + (index % 3),
            Note = "row " + index,
            Held = index % 4 == 3,
            Group = "group " + (index / 5),
        };
    }
}
