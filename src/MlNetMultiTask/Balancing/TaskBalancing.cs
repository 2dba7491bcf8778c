using MlNetMultiTask.Balancing;

namespace MlNetMultiTask;

/// <summary>How the losses of the tasks are settled against one another in each step of training.</summary>
/// <remarks>
/// The sum is the default: with standardised regression labels and regularisation, it is hard to beat (Kurin et al. 2022,
/// "In Defense of the Unitary Scalarization for Deep Multi-Task Learning"; Xin et al. 2022).
/// </remarks>
public abstract class TaskBalancing
{
    private protected TaskBalancing()
    {
    }

    /// <summary>The method's name.</summary>
    public abstract string Name { get; }

    /// <summary>What the method must be told in each step.</summary>
    internal abstract BalancingNeeds Needs { get; }

    /// <summary>Sums the tasks' losses, each multiplied by its <see cref="PredictionTask.LossWeight"/>.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing Sum() => new SumBalancing();

    /// <summary>Sums the tasks' losses with constant weights, which multiply <see cref="PredictionTask.LossWeight"/>.</summary>
    /// <param name="weights">A weight of 0 or more for each task, by the task's name; tasks that are not named have 1.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite, a task is named twice, or all named weights are 0.</exception>
    public static TaskBalancing Fixed(params IReadOnlyList<(string Task, float Weight)> weights) => new FixedBalancing(weights);

    /// <summary>Begins a training with these tasks.</summary>
    /// <exception cref="ArgumentException">The method names a task that is not trained.</exception>
    internal abstract ITaskWeighting Start(IReadOnlyList<string> tasks);

    /// <summary>Returns the method's name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
