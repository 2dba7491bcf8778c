using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// The annotations that ML.NET's own trainers put on score columns, as a shape and as values; evaluators,
/// and tools that look for score columns, go by them.
/// </summary>
internal static class OutputAnnotations
{
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string SlotNames = "SlotNames";
    public const string KeyValues = "KeyValues";
    public const string TrainingLabelValues = "TrainingLabelValues";

    /// <summary>Our own: the key value that a binary model counts as yes.</summary>
    public const string PositiveLabel = "PositiveLabel";

    private const string ScoreColumnKind = "ScoreColumnKind";
    private const string ScoreValueKind = "ScoreValueKind";
    private const string IsNormalized = "IsNormalized";

    private static readonly KeyDataViewType _setIdType = new(typeof(uint), int.MaxValue);

    public static List<SchemaShape.Column> Shape(bool normalized = false)
    {
        List<SchemaShape.Column> columns =
        [
            SchemaShapes.Scalar(ScoreColumnSetId, NumberDataViewType.UInt32, isKey: true),
            SchemaShapes.Scalar(ScoreColumnKind, TextDataViewType.Instance),
            SchemaShapes.Scalar(ScoreValueKind, TextDataViewType.Instance),
        ];
        if (normalized)
        {
            columns.Add(SchemaShapes.Scalar(IsNormalized, BooleanDataViewType.Instance));
        }

        return columns;
    }

    public static DataViewSchema.Annotations.Builder Values(uint setId, string kind, string value, bool normalized = false)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(ScoreColumnSetId, _setIdType, setId);
        builder.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, kind.AsMemory());
        builder.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, value.AsMemory());
        if (normalized)
        {
            builder.AddPrimitiveValue(IsNormalized, BooleanDataViewType.Instance, true);
        }

        return builder;
    }

    /// <summary>An id for the columns of one task, larger than any that the schema has already.</summary>
    public static uint GetNextSetId(DataViewSchema schema)
    {
        uint highest = 0;
        foreach (DataViewSchema.Column column in schema)
        {
            highest = Math.Max(highest, ReadSetId(column) ?? 0);
        }

        return highest + 1;
    }

    /// <summary>Whether a column says of itself that its numbers are probabilities.</summary>
    public static bool IsProbability(DataViewSchema.Column column) => IsFlagged(column, IsNormalized) || ReadText(column, ScoreValueKind) == "Probability";

    /// <summary>The probabilities that belong to the same predictions as a column of scores; null where there are none.</summary>
    public static DataViewSchema.Column? FindProbability(DataViewSchema schema, DataViewSchema.Column scores)
    {
        if (ReadSetId(scores) is not { } id)
        {
            return null;
        }

        foreach (DataViewSchema.Column column in schema)
        {
            if (column.Type == NumberDataViewType.Single && IsProbability(column) && ReadSetId(column) == id)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>The key value that a binary model counts as yes; null where it does not tell.</summary>
    public static string? ReadPositiveLabel(DataViewSchema.Column column) => ReadText(column, PositiveLabel);

    /// <summary>The shape of the label's annotation, if it has one that is a vector of primitive values.</summary>
    public static SchemaShape.Column? Find(SchemaShape.Column label, string annotation) =>
        SchemaShapes.Find(label.Annotations, annotation) is { } found && found.Kind != SchemaShape.Column.VectorKind.Scalar
            ? found
            : null;

    private static uint? ReadSetId(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(ScoreColumnSetId) is not { Type: KeyDataViewType key } || key.RawType != typeof(uint))
        {
            return null;
        }

        uint id = 0;
        column.Annotations.GetValue(ScoreColumnSetId, ref id);
        return id;
    }

    private static string? ReadText(DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is not TextDataViewType)
        {
            return null;
        }

        ReadOnlyMemory<char> text = default;
        column.Annotations.GetValue(annotation, ref text);
        return text.ToString();
    }

    private static bool IsFlagged(DataViewSchema.Column column, string annotation)
    {
        bool flag = false;
        if (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is BooleanDataViewType)
        {
            column.Annotations.GetValue(annotation, ref flag);
        }

        return flag;
    }
}
