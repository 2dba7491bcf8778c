using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Labels and scores written by hand, as a model's scored view would show them.</summary>
internal static class Scored
{
    public const uint Missing = uint.MaxValue;

    /// <summary>A class label, the model's classes and its scores; the predicted class is the one of the highest score.</summary>
    public static IDataView Multiclass(MLContext ml, string[] labelClasses, string[] modelClasses, params (string? Label, float[] Score)[] rows)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(MulticlassRow));
        SchemaDefinition.Column label = definition[nameof(MulticlassRow.Label)];
        SchemaDefinition.Column score = definition[nameof(MulticlassRow.Score)];
        SchemaDefinition.Column predicted = definition[nameof(MulticlassRow.PredictedLabel)];
        (label.ColumnName, score.ColumnName, predicted.ColumnName) = ("Color", "Color.Score", "Color.PredictedLabel");
        label.ColumnType = new KeyDataViewType(typeof(uint), labelClasses.Length);
        predicted.ColumnType = new KeyDataViewType(typeof(uint), modelClasses.Length);
        score.ColumnType = new VectorDataViewType(NumberDataViewType.Single, modelClasses.Length);
        Name(label, "KeyValues", labelClasses);
        Name(predicted, "KeyValues", modelClasses);
        Name(score, "SlotNames", modelClasses);
        return ml.Data.LoadFromEnumerable(
            rows.Select(row => new MulticlassRow
            {
                Label = row.Label is null ? Missing : (uint)Array.IndexOf(labelClasses, row.Label),
                Score = row.Score,
                PredictedLabel = (uint)Array.IndexOf(row.Score, row.Score.Max()),
            }),
            definition);
    }

    public static IDataView Binary(MLContext ml, params (float Label, float Probability)[] rows) =>
        ml.Data.LoadFromEnumerable(rows.Select(row => new BinaryRow
        {
            Label = row.Label,
            Score = MathF.Log(row.Probability / (1 - row.Probability)),
            Probability = row.Probability,
            PredictedLabel = row.Probability >= 0.5f,
        }));

    public static IDataView Numbers(MLContext ml, params (float[] Label, float[] Score)[] rows)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(VectorRow));
        SchemaDefinition.Column label = definition[nameof(VectorRow.Label)];
        SchemaDefinition.Column score = definition[nameof(VectorRow.Score)];
        (label.ColumnName, score.ColumnName) = ("Sizes", "Sizes.Score");
        label.ColumnType = score.ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Label.Length);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new VectorRow { Label = row.Label, Score = row.Score }), definition);
    }

    public static IDataView Multilabel(MLContext ml, string[] labelNames, string[] modelNames, params (float[] Label, bool[] Predicted)[] rows)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(MultilabelRow));
        SchemaDefinition.Column label = definition[nameof(MultilabelRow.Label)];
        SchemaDefinition.Column predicted = definition[nameof(MultilabelRow.PredictedLabel)];
        (label.ColumnName, predicted.ColumnName) = ("Tags", "Tags.PredictedLabel");
        label.ColumnType = new VectorDataViewType(NumberDataViewType.Single, labelNames.Length);
        predicted.ColumnType = new VectorDataViewType(BooleanDataViewType.Instance, modelNames.Length);
        Name(label, "SlotNames", labelNames);
        Name(predicted, "SlotNames", modelNames);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new MultilabelRow { Label = row.Label, PredictedLabel = row.Predicted }), definition);
    }

    private static void Name(SchemaDefinition.Column column, string annotation, string[] names) => column.AddAnnotation(
        annotation,
        new VBuffer<ReadOnlyMemory<char>>(names.Length, [.. names.Select(name => name.AsMemory())]),
        new VectorDataViewType(TextDataViewType.Instance, names.Length));

    private sealed class MulticlassRow
    {
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class BinaryRow
    {
        [ColumnName("Big")]
        public float Label { get; set; }

        [ColumnName("Big.Score")]
        public float Score { get; set; }

        [ColumnName("Big.Probability")]
        public float Probability { get; set; }

        [ColumnName("Big.PredictedLabel")]
        public bool PredictedLabel { get; set; }
    }

    private sealed class VectorRow
    {
        public float[] Label { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    private sealed class MultilabelRow
    {
        public float[] Label { get; set; } = [];

        public bool[] PredictedLabel { get; set; } = [];
    }
}
