using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>The figure of an epoch that early stopping and the learning rate go by.</summary>
public sealed class EarlyStoppingMonitor
{
    private readonly string _name;
    private readonly Func<EpochFigures, EpochFigures, double> _evaluate;

    private EarlyStoppingMonitor(string name, string? taskName, Func<EpochFigures, EpochFigures, double> evaluate)
    {
        _name = name;
        _evaluate = evaluate;
        TaskName = taskName;
    }

    /// <summary>The task whose figure it is; null where it is that of all.</summary>
    internal string? TaskName { get; }

    /// <summary>
    /// The mean over tasks of a task's loss divided by that of its first epoch: the progress of each task counts the same, whatever the scale of
    /// its loss.
    /// </summary>
    /// <returns>The monitor.</returns>
    public static EarlyStoppingMonitor RelativeLoss() =>
        new(nameof(RelativeLoss), null, (first, now) => Mean(now.Losses.Keys.Select(task => first.Losses[task] > 0 ? now.Losses[task] / first.Losses[task] : 1 + now.Losses[task])));

    /// <summary>The mean of the tasks' losses, before loss weights.</summary>
    /// <returns>The monitor.</returns>
    public static EarlyStoppingMonitor MeanLoss() => new(nameof(MeanLoss), null, (_, now) => Mean(now.Losses.Values));

    /// <summary>One task's loss. For a binary task whose yes is rare, it says more than the accuracy.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The monitor.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static EarlyStoppingMonitor Loss(string taskName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskName);
        return new($"{nameof(Loss)}(\"{taskName}\")", taskName, (_, now) => now.Losses[taskName]);
    }

    /// <summary>One task's metric: accuracy (of a multilabel task: of whole sets), or R² of a regression. Larger is better.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The monitor.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static EarlyStoppingMonitor Metric(string taskName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskName);
        return new($"{nameof(Metric)}(\"{taskName}\")", taskName, (_, now) => -now.Metrics[taskName]);
    }

    /// <summary>Returns the monitor's name.</summary>
    /// <returns>For example <c>RelativeLoss</c>.</returns>
    public override string ToString() => _name;

    /// <summary>The figure of an epoch, smaller is better; NaN where it can't be computed.</summary>
    internal double Evaluate(EpochFigures first, EpochFigures now) => _evaluate(first, now);

    /// <summary>Tasks without labels there have no loss, and do not count.</summary>
    private static double Mean(IEnumerable<double> values) =>
        values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
