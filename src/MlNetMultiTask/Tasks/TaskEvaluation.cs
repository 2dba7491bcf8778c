using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>Collects one task's labels and predictions while scored rows pass by once, then computes the metrics.</summary>
internal abstract class TaskEvaluation(PredictionTask task)
{
    private readonly List<DataViewSchema.Column> _columns = [];
    private long _row;
    private ulong? _digest;

    /// <summary>The columns that must be active in the cursor.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns => _columns;

    /// <summary>The rows without a label so far.</summary>
    protected long MissingLabelCount { get; private set; }

    /// <summary>The rows so far whose label is none that the model knows.</summary>
    protected long UnseenLabelCount { get; private set; }

    /// <summary>Takes the getters of a cursor over the scored rows.</summary>
    public abstract void Open(DataViewRow row);

    /// <summary>Takes the row on which the cursor stands.</summary>
    public abstract void Add();

    /// <summary>Computes the metrics of the rows taken.</summary>
    public TaskMetrics Finish(MLContext mlContext)
    {
        TaskMetrics metrics = Compute(mlContext);
        metrics.ScoreDigest = _digest;
        return metrics;
    }

    /// <summary>Computes the metrics of the rows taken.</summary>
    protected abstract TaskMetrics Compute(MLContext mlContext);

    /// <summary>Takes the scores of a row with a label into the digest.</summary>
    protected void Digest(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            // An odd factor and a rotation, so that each bit gets everywhere; nobody forges scores to look the same.
            _digest = BitOperations.RotateLeft((_digest ?? 0) ^ BitConverter.SingleToUInt32Bits(score), 23) * 0x9E3779B97F4A7C15;
        }
    }

    /// <summary>Reads a row's label, and refuses what is no label; false where the row has none.</summary>
    protected bool TryReadLabel(LabelGetter getter, float[] label)
    {
        getter(label);
        bool labelled = false;
        foreach (float value in label)
        {
            if (float.IsNaN(value))
            {
                continue;
            }

            labelled = true;
            if (!task.IsValid(value))
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Label column '{task.LabelColumnName}' of task '{task.Name}' has the value {value} in row {_row} (counted from 0); it may hold {task.ValidValues}. Correct or filter these rows before the evaluation."));
            }
        }

        _row++;
        MissingLabelCount += labelled ? 0 : 1;
        return labelled;
    }

    /// <summary>Counts the current row, read as one without label, as one whose label the model does not know.</summary>
    protected void CountAsUnseen()
    {
        MissingLabelCount--;
        UnseenLabelCount++;
    }

    /// <summary>Finds the task's label column, and checks its type.</summary>
    protected DataViewSchema.Column RequireLabel(DataViewSchema schema)
    {
        DataViewSchema.Column column = Require(schema, task.LabelColumnName, "Label", "metrics need the labels beside the scores");
        TaskColumns.RequireLabelType(task, column);
        return column;
    }

    /// <summary>Finds the column of which a label's keys were made, which tells values that got no key from missing ones.</summary>
    protected DataViewSchema.Column? FindUnmapped(DataViewSchema schema, DataViewSchema.Column label, LabelSources sources)
    {
        DataViewSchema.Column? column = sources.Find(schema, label);
        if (column is { } found)
        {
            _columns.Add(found);
        }

        return column;
    }

    /// <summary>Finds one of the task's output columns.</summary>
    protected DataViewSchema.Column RequireOutput(DataViewSchema schema, string name, Predicate<DataViewType> accepts, string needed)
    {
        DataViewSchema.Column column = Require(schema, name, "Output", "score the rows with the model's Transform first");
        return accepts(column.Type)
            ? column
            : throw new ArgumentException($"Column '{name}' of task '{task.Name}' is {column.Type}; the evaluation of a {task.Kind} task needs {needed}, as the model's Transform gives it.");
    }

    /// <summary>Finds one of the task's output columns that the metrics can do without.</summary>
    protected DataViewSchema.Column? FindOutput(DataViewSchema schema, string name, Predicate<DataViewType> accepts)
    {
        DataViewSchema.Column? column = schema.GetColumnOrNull(name) is { } found && accepts(found.Type) ? found : null;
        _columns.AddRange(new[] { column }.OfType<DataViewSchema.Column>());
        return column;
    }

    private DataViewSchema.Column Require(DataViewSchema schema, string name, string role, string remedy)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw new ArgumentException($"{role} column '{name}' of task '{task.Name}' was not found: {remedy}. The data has: {TaskColumns.Describe(schema)}.");
        }

        _columns.Add(column);
        return column;
    }
}
