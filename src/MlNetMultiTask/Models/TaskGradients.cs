using System.Globalization;
using System.Text;

namespace MlNetMultiTask;

/// <summary>
/// How the tasks' gradients of what they share compared over the steps of an epoch: how long they were, and whether they pulled the same way. Of methods on gradients every step is compared; of others, those that
/// <see cref="MultiTaskTrainerOptions.GradientSamplingInterval"/> picks. The gradients are those of <see cref="MultiTaskTrainerOptions.BalancedGradients"/>.
/// </summary>
public sealed class TaskGradients
{
    private readonly double[] _norms;
    private readonly double[] _cosines;
    private readonly double[] _conflicts;

    /// <param name="tasks">The names of the tasks, T of them.</param>
    /// <param name="stepCount">The steps compared.</param>
    /// <param name="norms">The norms [T].</param>
    /// <param name="cosines">The cosines [T · T], row by row.</param>
    /// <param name="conflicts">The shares of steps with a cosine below 0 [T · T], row by row.</param>
    internal TaskGradients(IReadOnlyList<string> tasks, int stepCount, double[] norms, double[] cosines, double[] conflicts)
    {
        TaskNames = tasks;
        NumberOfSteps = stepCount;
        (_norms, _cosines, _conflicts) = (norms, cosines, conflicts);
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>The steps that were compared.</summary>
    public int NumberOfSteps { get; }

    /// <summary>Per task the mean Euclidean norm of its gradient, loss weight included and balancing not, over the steps in which it took part; NaN where it did in none.</summary>
    public IReadOnlyDictionary<string, double> Norms => TaskNames.Zip(_norms).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>The mean cosine of the angle between two tasks' gradients, over the steps in which both took part: 1 is the same direction, below 0 they conflict.</summary>
    /// <param name="task">A task's name.</param>
    /// <param name="other">Another's.</param>
    /// <returns>The cosine; NaN where they never took part together.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetCosine(string task, string other) => _cosines[Find(task, other)];

    /// <summary>The share of the steps in which two tasks' gradients conflicted: their cosine was below 0. A mean near 0 may hide many conflicts.</summary>
    /// <param name="task">A task's name.</param>
    /// <param name="other">Another's.</param>
    /// <returns>The share, from 0 to 1; NaN where they never took part together.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetConflictShare(string task, string other) => _conflicts[Find(task, other)];

    /// <summary>Returns a line for each task: its norm, and its cosines with all tasks in their order.</summary>
    /// <returns>For example <c>Species: norm 0.412; cosines 1.00 0.35 -0.02</c>.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((int i, string task) in TaskNames.Index())
        {
            text.Append(i > 0 ? Environment.NewLine : "");
            text.Append(CultureInfo.InvariantCulture, $"{task}: norm {_norms[i]:0.000}; cosines ");
            text.AppendJoin(' ', TaskNames.Select((_, j) => _cosines[(i * TaskNames.Count) + j].ToString("0.00", CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    /// <summary>The numbers as they are saved.</summary>
    internal (double[] Norms, double[] Cosines, double[] Conflicts) Export() => (_norms, _cosines, _conflicts);

    private int Find(string task, string other) => (Find(task) * TaskNames.Count) + Find(other);

    private int Find(string task)
    {
        int index = TaskNames.TakeWhile(name => name != task).Count();
        return index < TaskNames.Count ? index : throw new ArgumentException($"There is no task '{task}'; the tasks are '{string.Join("', '", TaskNames)}'.", nameof(task));
    }
}
