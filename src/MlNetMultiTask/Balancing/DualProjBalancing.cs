namespace MlNetMultiTask.Balancing;

/// <summary>
/// Projection onto the dual cone: the mean gradient is projected onto the directions that oppose no gradient, so that no loss grows by a small step (Lopez-Paz, Ranzato 2017, "Gradient Episodic Memory for
/// Continual Learning", for tasks that come together).
/// </summary>
internal sealed class DualProjBalancing : StatelessBalancing
{
    public override string Name => "DualProj";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs)
    {
        int count = inputs.Tasks.Count;
        return DualCone.Project(new ScaledGramian(inputs.Gramian!), [.. Enumerable.Repeat(1.0 / count, count)]);
    }
}
