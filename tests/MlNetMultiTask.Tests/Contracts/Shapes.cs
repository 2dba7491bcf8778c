using System.Reflection;
using Microsoft.ML;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Shapes of schemas, and texts that say all there is about a column, to compare them by.</summary>
internal static class Shapes
{
    private static readonly MethodInfo _create =
        typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic, [typeof(DataViewSchema)])!;

    /// <summary>The shape of a schema as ML.NET itself makes it.</summary>
    public static SchemaShape Of(DataViewSchema schema) => (SchemaShape)_create.Invoke(null, [schema])!;

    public static string[] Describe(SchemaShape shape, IEnumerable<string> columns) =>
        [.. columns.Select(name => Describe(shape.Single(column => column.Name == name)))];

    public static string Describe(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} {(column.IsKey ? "key of " : "")}{column.ItemType} "
        + $"{{{string.Join("; ", column.Annotations.OrderBy(annotation => annotation.Name, StringComparer.Ordinal).Select(Describe))}}}";
}
