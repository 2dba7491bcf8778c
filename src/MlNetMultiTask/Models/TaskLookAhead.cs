using System.Globalization;
using System.Text;

namespace MlNetMultiTask;

/// <summary>
/// What a step for one task alone would do to the others, in the mean over the steps of an epoch that <see cref="MultiTaskTrainerOptions.AffinitySamplingInterval"/> picks: the inter-task affinity of Fifty, Amid,
/// Zhao, Yu, Anil and Finn (2021), "Efficiently Identifying Task Groupings for Multi-Task Learning". Z(i→j) = 1 − Lⱼ(θ − η ∇Lᵢ(θ)) / Lⱼ(θ), where θ are the shared parameters, η is the step's learning rate,
/// and heads stay as they are.
/// </summary>
/// <remarks>
/// Both losses of a pair are of the same batch, with the same dropout masks. L is the loss of the batch against its labels (and a teacher, where there is one), divided by the share of rows that have one: before loss weights and
/// balancing, and without what members of a joint network, or peers, add. The step is a plain one along the gradient, whatever the optimizer, and is not cut. A task takes part in a step if the batch has a label for it, and the
/// task still learns.
/// </remarks>
public sealed class TaskLookAhead
{
    private readonly double[] _affinities;

    /// <param name="tasks">The names of the tasks, T of them.</param>
    /// <param name="stepCount">The steps sampled.</param>
    /// <param name="affinities">The affinities [T · T], a row for each task that moves the parameters.</param>
    internal TaskLookAhead(IReadOnlyList<string> tasks, int stepCount, double[] affinities)
    {
        TaskNames = tasks;
        NumberOfSteps = stepCount;
        _affinities = affinities;
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>The steps that were sampled.</summary>
    public int NumberOfSteps { get; }

    /// <summary>The mean share of its loss that one task loses by a step for another, over the sampled steps in which both took part.</summary>
    /// <param name="from">The task for which the step is taken.</param>
    /// <param name="to">The task whose loss is watched; it may be the same.</param>
    /// <returns>Above 0, a step for the first helps the second; below 0, it harms it; 1 at most. NaN where they never took part together.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetAffinity(string from, string to) => _affinities[(Find(from) * TaskNames.Count) + Find(to)];

    /// <summary>Returns a line for each task: what a step for it does to all tasks in their order.</summary>
    /// <returns>For example <c>Species: 0.00412 0.00035 -0.00002</c>.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((int i, string task) in TaskNames.Index())
        {
            text.Append(i > 0 ? Environment.NewLine : "");
            text.Append(CultureInfo.InvariantCulture, $"{task}: ");
            text.AppendJoin(' ', TaskNames.Select((_, j) => _affinities[(i * TaskNames.Count) + j].ToString("0.00000", CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    /// <summary>The numbers as they are saved.</summary>
    internal double[] Export() => _affinities;

    /// <summary>The mean of what a task does to the others, or, backward, they to it; NaN where nothing was measured.</summary>
    internal double GetMeanOverOthers(string task, bool backward) =>
        TaskNames.Where(other => other != task).Select(other => backward ? GetAffinity(other, task) : GetAffinity(task, other)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private int Find(string task)
    {
        int index = TaskNames.TakeWhile(name => name != task).Count();
        return index < TaskNames.Count ? index : throw new ArgumentException($"There is no task '{task}'; the tasks are '{string.Join("', '", TaskNames)}'.", nameof(task));
    }
}
