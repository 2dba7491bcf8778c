using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Data with the answers of a teacher in their own columns, and the teacher that shows them.</summary>
internal static class TeacherData
{
    private static readonly string[] _colors = ["red", "green", "blue"];

    /// <summary>The rows, with Color as a key of red, green and blue.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="names">The names of the teacher's classes, in its own order; null for none.</param>
    public static IDataView Load(MLContext ml, TeacherRow[] rows, string[]? names = null)
    {
        int width = rows[0].ColorScores.Length;
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TeacherRow));
        definition[nameof(TeacherRow.ColorScores)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        if (names is not null)
        {
            definition[nameof(TeacherRow.ColorScores)].AddAnnotation(
                "SlotNames", new VBuffer<ReadOnlyMemory<char>>(width, [.. names.Select(name => name.AsMemory())]), new VectorDataViewType(TextDataViewType.Instance, width));
        }

        IDataView keys = ml.Data.LoadFromEnumerable(_colors.Select(color => new TeacherRow { Color = color }), SchemaDefinition.Create(typeof(TeacherRow)));
        return ml.Transforms.Conversion.MapValueToKey("Color", keyData: ml.Data.LoadFromEnumerable(_colors.Select(color => new Key { Color = color }))).Fit(keys)
            .Transform(ml.Data.LoadFromEnumerable(rows, definition));
    }

    /// <summary>Shows the columns of answers as they are.</summary>
    public static ITransformer Show(MLContext ml, IDataView data) => ml.Transforms.CopyColumns("Copy", "Features").Fit(data);

    private sealed class Key
    {
        public string Color { get; set; } = "";
    }
}
