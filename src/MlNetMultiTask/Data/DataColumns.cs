using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Data;

/// <summary>Finds the columns that training and scoring read, and checks their types, in schemas and in shapes.</summary>
internal static class DataColumns
{
    private const string FeatureRemedy =
        "the trainer needs a known-size vector of Single. Add Transforms.Concatenate(...) before it (and Conversion.ConvertType for other numbers); "
        + "for a class's property, [VectorType(n)] gives a vector its size.";

    public static DataViewSchema.Column RequireFeatures(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Require(schema, name, "Feature column");
        CheckFeatures(SchemaShapes.Of(column));
        return column;
    }

    public static DataViewSchema.Column RequireLabel(DataViewSchema schema, PredictionTask task)
    {
        DataViewSchema.Column column = Require(schema, task.LabelColumnName, $"Label column of task '{task.Name}'");
        TaskColumns.RequireLabelType(task, column);
        return column;
    }

    /// <summary>The weight column of the trainer, or of a task.</summary>
    public static DataViewSchema.Column RequireWeights(DataViewSchema schema, string name, PredictionTask? task = null)
    {
        DataViewSchema.Column column = Require(schema, name, WeightRole(task));
        CheckWeights(SchemaShapes.Of(column));
        return column;
    }

    /// <summary>The Boolean column that is true for validation rows.</summary>
    public static DataViewSchema.Column RequireFlags(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Require(schema, name, "Validation column");
        CheckFlags(SchemaShapes.Of(column));
        return column;
    }

    /// <summary>The column of which rows of one value stay together.</summary>
    public static DataViewSchema.Column RequireTags(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Require(schema, name, "Sampling key column");
        CheckTags(SchemaShapes.Of(column));
        return column;
    }

    /// <summary>The same checks on a shape, before there is data; returns the label columns of the tasks.</summary>
    public static IReadOnlyList<SchemaShape.Column> Require(SchemaShape shape, MultiTaskColumns columns, IReadOnlyList<PredictionTask> tasks)
    {
        CheckFeatures(Require(shape, columns.Features, "Feature column"));
        foreach ((string? name, PredictionTask? task) in tasks.Select(task => (task.ExampleWeightColumnName, (PredictionTask?)task)).Prepend((columns.Weights, null)))
        {
            if (name is not null)
            {
                CheckWeights(Require(shape, name, WeightRole(task)));
            }
        }

        if (columns.Flags is not null)
        {
            CheckFlags(Require(shape, columns.Flags, "Validation column"));
        }

        if (columns.SamplingKeys is not null)
        {
            CheckTags(Require(shape, columns.SamplingKeys, "Sampling key column"));
        }

        var labels = new List<SchemaShape.Column>();
        foreach (PredictionTask task in tasks)
        {
            SchemaShape.Column label = Require(shape, task.LabelColumnName, $"Label column of task '{task.Name}'");
            TaskColumns.RequireLabelType(task, label);
            labels.Add(label);
        }

        return labels;
    }

    private static void CheckFeatures(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.IsKey || column.ItemType != NumberDataViewType.Single)
        {
            throw new ArgumentException($"Feature column '{column.Name}' is {TaskColumns.Describe(column)}; {FeatureRemedy}");
        }
    }

    private static string WeightRole(PredictionTask? task) => task is null ? "Example weight column" : $"Example weight column of task '{task.Name}'";

    private static void CheckFlags(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType is not BooleanDataViewType)
        {
            throw new ArgumentException($"Validation column '{column.Name}' is {TaskColumns.Describe(column)}; it must be Boolean, true for the rows to measure on. Add Conversion.ConvertType(\"{column.Name}\", outputKind: DataKind.Boolean) before the trainer.");
        }
    }

    private static void CheckTags(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType is not PrimitiveDataViewType)
        {
            throw new ArgumentException($"Column '{column.Name}', of which rows of one value stay together, is {TaskColumns.Describe(column)}; it must be a single value: text, a key or a number.");
        }
    }

    private static void CheckWeights(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType != NumberDataViewType.Single)
        {
            throw new ArgumentException($"Example weight column '{column.Name}' is {TaskColumns.Describe(column)}; weights must be Single. Add Conversion.ConvertType(\"{column.Name}\", outputKind: DataKind.Single) before the trainer.");
        }
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw NotFound(name, role, TaskColumns.Describe(schema));

    private static SchemaShape.Column Require(SchemaShape shape, string name, string role) =>
        SchemaShapes.Find(shape, name) ?? throw NotFound(name, role, TaskColumns.Describe(shape.Select(c => c.Name)));

    private static ArgumentException NotFound(string name, string role, string available) =>
        new($"{role}: there is no column '{name}' in the data, which has {available}. Check the spelling, or add the transform that makes it.");
}
