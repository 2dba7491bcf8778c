using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Interop;

/// <summary>Makes columns of a <see cref="SchemaShape"/>: their constructor is internal to ML.NET.</summary>
internal static class SchemaShapes
{
    public static SchemaShape.Column Scalar(string name, DataViewType type, bool isKey = false, IEnumerable<SchemaShape.Column>? annotations = null) =>
        Column(name, SchemaShape.Column.VectorKind.Scalar, type, isKey, annotations);

    public static SchemaShape.Column Vector(string name, DataViewType itemType, bool isKey = false, IEnumerable<SchemaShape.Column>? annotations = null) =>
        Column(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey, annotations);

    /// <summary>The column of a name; null where there is none. ML.NET's own search is internal to it.</summary>
    public static SchemaShape.Column? Find(SchemaShape shape, string name)
    {
        foreach (SchemaShape.Column column in shape)
        {
            if (column.Name == name)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>The shape of a concrete column.</summary>
    public static SchemaShape.Column Of(DataViewSchema.Column column)
    {
        MlNetInternals.Check();
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column.Name, column.Type, column.Annotations);
        return MlNetConstructor.Create(builder.ToSchema())[0];
    }

    private static SchemaShape.Column Column(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, IEnumerable<SchemaShape.Column>? annotations)
    {
        MlNetInternals.Check();
        return MlNetConstructor.Create(name, kind, itemType, isKey, annotations);
    }

    /// <summary>Apart, so that the check above runs before the runtime resolves the internal constructor.</summary>
    private static class MlNetConstructor
    {
        public static SchemaShape.Column Create(
            string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, IEnumerable<SchemaShape.Column>? annotations) =>
            new(name, kind, itemType, isKey, annotations is null ? null : new SchemaShape(annotations));

        public static SchemaShape Create(DataViewSchema schema) => SchemaShape.Create(schema);
    }
}
