using Microsoft.ML.Data;

namespace MlNetMultiTask;

/// <summary>How well a model predicts its tasks: ML.NET's metrics task by task, and means over the tasks.</summary>
public sealed class MultiTaskMetrics
{
    internal MultiTaskMetrics(IReadOnlyList<TaskMetrics> tasks)
    {
        Tasks = tasks;
        MeanAccuracy = Mean(tasks.Select(task => task.Accuracy));
        MeanF1 = Mean(tasks.Select(task => task.F1));
    }

    /// <summary>The metrics of each task, with the number of rows behind them.</summary>
    public IReadOnlyList<TaskMetrics> Tasks { get; }

    /// <summary>
    /// The mean over classification tasks of micro-accuracy (multiclass), accuracy (binary) or subset accuracy
    /// (multilabel), of the tasks where it could be computed; NaN where there is none.
    /// </summary>
    public double MeanAccuracy { get; }

    /// <summary>
    /// The mean over classification tasks of macro-F1 over the classes present (multiclass), F1 of the positive class
    /// (binary) or macro-F1 over labels (multilabel), of the tasks where it could be computed; NaN where there is none.
    /// </summary>
    public double MeanF1 { get; }

    /// <summary>The metrics of a task, of whatever kind.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <exception cref="ArgumentException">No such task was evaluated.</exception>
    public TaskMetrics this[string taskName] =>
        Tasks.FirstOrDefault(task => task.TaskName == taskName)
            ?? throw new ArgumentException($"No task '{taskName}' was evaluated; the tasks are '{string.Join("', '", Tasks.Select(task => task.TaskName))}'.", nameof(taskName));

    /// <summary>ML.NET's metrics of a multiclass task. A row whose class the model has never seen counts as wrong.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The metrics, over the rows with a label.</returns>
    /// <exception cref="ArgumentException">No such task was evaluated, or it is of another kind.</exception>
    /// <exception cref="InvalidOperationException">They could not be computed; the message says why.</exception>
    public MulticlassClassificationMetrics Multiclass(string taskName) => Get<MulticlassClassificationMetrics>(taskName, "MulticlassClassification");

    /// <summary>ML.NET's metrics of a binary task.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The metrics, over the rows with a label.</returns>
    /// <exception cref="ArgumentException">No such task was evaluated, or it is of another kind.</exception>
    /// <exception cref="InvalidOperationException">They could not be computed; the message says why.</exception>
    public CalibratedBinaryClassificationMetrics Binary(string taskName) => Get<CalibratedBinaryClassificationMetrics>(taskName, "BinaryClassification");

    /// <summary>ML.NET's metrics of a regression task with one number as label.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The metrics, over the rows with a label.</returns>
    /// <exception cref="ArgumentException">No such task was evaluated, it is of another kind, or its label is a vector (see <see cref="RegressionPerSlot"/>).</exception>
    /// <exception cref="InvalidOperationException">They could not be computed; the message says why.</exception>
    public RegressionMetrics Regression(string taskName)
    {
        IReadOnlyList<RegressionMetrics?> slots = RegressionPerSlot(taskName);
        return slots.Count == 1
            ? slots[0]!
            : throw new ArgumentException($"The label of task '{taskName}' is a vector of {slots.Count} numbers; RegressionPerSlot(\"{taskName}\") gives the metrics of each.", nameof(taskName));
    }

    /// <summary>ML.NET's metrics of each slot of a regression task.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The metrics of each slot, over the rows with a label in it, null for a slot in which no row has one; a single one for a label that is a number.</returns>
    /// <exception cref="ArgumentException">No such task was evaluated, or it is of another kind.</exception>
    /// <exception cref="InvalidOperationException">They could not be computed; the message says why.</exception>
    public IReadOnlyList<RegressionMetrics?> RegressionPerSlot(string taskName) => Get<RegressionMetrics?[]>(taskName, "Regression");

    /// <summary>The metrics of a multilabel task.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The metrics, over the labelled slots.</returns>
    /// <exception cref="ArgumentException">No such task was evaluated, or it is of another kind.</exception>
    /// <exception cref="InvalidOperationException">They could not be computed; the message says why.</exception>
    public MultilabelClassificationMetrics Multilabel(string taskName) => Get<MultilabelClassificationMetrics>(taskName, "MultilabelClassification");

    /// <summary>Returns the figures of all tasks, a line each, and the means.</summary>
    /// <returns>Several lines in invariant notation.</returns>
    public override string ToString() =>
        string.Join(Environment.NewLine, Tasks.Select(task => task.ToString()).Append(FormattableString.Invariant($"Mean over classification tasks: accuracy {MeanAccuracy:0.000}, F1 {MeanF1:0.000}")));

    private static double Mean(IEnumerable<double> values)
    {
        double[] computed = [.. values.Where(value => !double.IsNaN(value))];
        return computed.Length == 0 ? double.NaN : computed.Average();
    }

    private T Get<T>(string taskName, string kind)
        where T : class
    {
        TaskMetrics task = this[taskName];
        return task.Kind != kind
            ? throw new ArgumentException($"Task '{taskName}' is a {task.Kind} task, not {kind}.", nameof(taskName))
            : task.Source as T ?? throw new InvalidOperationException($"The metrics of task '{taskName}' could not be computed: {task.NotComputed}.");
    }
}
