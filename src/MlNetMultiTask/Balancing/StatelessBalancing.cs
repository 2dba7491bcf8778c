using MlNetMultiTask.Balancing;

namespace MlNetMultiTask;

/// <summary>The base of balancing methods whose weights depend on the step alone: what is to be written is a name, the needs, and the weights.</summary>
public abstract class StatelessBalancing : TaskBalancing
{
    /// <summary>Decides the weights of a step. It may be called by several trainings at the same time.</summary>
    /// <param name="inputs">What is known of the step.</param>
    /// <returns>The weights [K] of the tasks that take part, as <see cref="TaskWeighting.GetWeights"/> says.</returns>
    public abstract double[] GetWeights(BalancingStep inputs);

    /// <inheritdoc/>
    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new StatelessWeighting(this);
}
