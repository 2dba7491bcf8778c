using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Scoring;

/// <summary>A model on a given input schema: the output schema, and which columns need which.</summary>
internal sealed class SchemaBinding
{
    private readonly (int Task, OutputColumn Column)[] _outputs;

    /// <param name="host">The host that is told of hidden columns.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputSchema">The schema of the rows to score.</param>
    /// <param name="outputTasks">The tasks to show, by their places in the model, with the output columns to give them.</param>
    public SchemaBinding(IHost host, Model model, DataViewSchema inputSchema, IEnumerable<(int Index, PredictionTask Task)> outputTasks)
    {
        Model = model;
        InputSchema = inputSchema;
        BoundModel = model.Bind(inputSchema);
        uint setId = OutputAnnotations.GetNextSetId(inputSchema);
        _outputs =
        [
            .. outputTasks.SelectMany(output => output.Task.GetOutputColumns(model.Labels[output.Index], setId + (uint)output.Index).Select(column => (output.Index, column))),
        ];
        CheckHidden(host);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        foreach ((_, OutputColumn column) in _outputs)
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        OutputSchema = builder.ToSchema();
    }

    public Model Model { get; }

    public BoundModel BoundModel { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>Whether a column is one of the input's own.</summary>
    public bool IsInput(DataViewSchema.Column column) => column.Index < InputSchema.Count;

    /// <summary>The input columns that the given output columns need: nothing of the model where no score is asked for.</summary>
    public DataViewSchema.Column[] GetDependencies(IEnumerable<DataViewSchema.Column> columns)
    {
        var needed = new SortedSet<int>();
        foreach (DataViewSchema.Column column in columns)
        {
            if (IsInput(column))
            {
                needed.Add(column.Index);
            }
            else
            {
                needed.UnionWith(BoundModel.InputColumns.Select(input => input.Index));
            }
        }

        return [.. needed.Select(index => InputSchema[index])];
    }

    /// <summary>Per task, whether one of its output columns is asked for.</summary>
    public bool[] GetActiveTasks(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[Model.Tasks.Count];
        foreach (DataViewSchema.Column column in columns.Where(column => !IsInput(column)))
        {
            active[_outputs[column.Index - InputSchema.Count].Task] = true;
        }

        return active;
    }

    /// <summary>The getter of an output column.</summary>
    /// <param name="column">The column, of the output schema.</param>
    /// <param name="scorer">What holds the scores.</param>
    /// <param name="row">Tells the row of the scorer's buffers on which the cursor stands.</param>
    public Delegate CreateGetter(DataViewSchema.Column column, BatchScorer scorer, Func<int> row)
    {
        (int task, OutputColumn output) = _outputs[column.Index - InputSchema.Count];
        return output.CreateGetter(scorer.GetScores(task), row);
    }

    /// <summary>ML.NET hides an older column of the same name; hiding what the model itself reads would be a trap.</summary>
    private void CheckHidden(IHost host)
    {
        List<string> hidden = [.. _outputs.Select(output => output.Column.Name).Where(name => InputSchema.GetColumnOrNull(name) is not null)];
        if (hidden.Count == 0)
        {
            return;
        }

        if (hidden.Intersect(BoundModel.InputColumns.Select(column => column.Name)).FirstOrDefault() is { } read)
        {
            throw new ArgumentException($"The output column '{read}' would hide the column that the model reads. Name the task or its output column otherwise.");
        }

        using IChannel channel = host.Start("Bind");
        channel.Warning(MessageSensitivity.Schema, $"The data has columns {TaskColumns.Describe(hidden)} already; the model's outputs hide them.");
    }
}
