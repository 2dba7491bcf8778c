using Microsoft.ML;
using MlNetMultiTask.Interop;

namespace MlNetMultiTask.Tasks;

/// <summary>Finds and checks columns, with messages that name the column, what was found, and the remedy.</summary>
internal static class TaskColumns
{
    private const int NamesShown = 20;

    public static void RequireLabelType(PredictionTask task, SchemaShape.Column label)
    {
        if (!task.Accepts(label))
        {
            throw new ArgumentException($"Label column '{label.Name}' is {Describe(label)}; {task.LabelRequirement}");
        }
    }

    public static void RequireLabelType(PredictionTask task, DataViewSchema.Column label) =>
        RequireLabelType(task, SchemaShapes.Of(label));

    /// <summary>How many numbers a row's label is: for a trained model, as many as it knows, to which the labels are brought.</summary>
    /// <exception cref="ArgumentException">The column has another width than the model, and no names by which its labels could be matched.</exception>
    public static int GetLabelWidth(PredictionTask task, DataViewSchema.Column label, LabelInfo? trained)
    {
        int width = task.GetLabelWidth(label);
        if (trained is null || task.HasIndexTargets)
        {
            return width;
        }

        return width == trained.OutputCount || task.HasNamesOfBoth(label, trained)
            ? trained.OutputCount
            : throw new ArgumentException(
                $"Label column '{label.Name}' of task '{task.Name}' has {width} values a row, and the model was trained with {trained.OutputCount}; use the same labels as in training.");
    }

    /// <summary>The names of a schema's columns, the first of many.</summary>
    public static string Describe(DataViewSchema schema) => Describe(schema.Where(column => !column.IsHidden).Select(column => column.Name));

    public static string Describe(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(NamesShown).Select(name => $"'{name}'")) + (all.Length > NamesShown ? $" and {all.Length - NamesShown} more" : "");
    }

    /// <summary>A column's type in the words of ML.NET, for messages.</summary>
    public static string Describe(SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : column.ItemType.ToString()!;
        return column.Kind switch
        {
            SchemaShape.Column.VectorKind.Scalar => item,
            SchemaShape.Column.VectorKind.Vector => $"a known-size vector of {item}",
            _ => $"a vector of {item} of unknown size",
        };
    }
}
