namespace MlNetMultiTask.Balancing;

/// <summary>
/// The multiple-gradient descent algorithm: the shortest convex combination of the gradients, min wᵀGw with w ≥ 0, Σw = 1 (Désidéri 2012; Sener, Koltun 2018, "Multi-Task Learning as Multi-Objective
/// Optimization"). It is 0 where no direction serves all tasks.
/// </summary>
internal sealed class MGDABalancing : StatelessBalancing
{
    public override string Name => "MGDA";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs) => MinimumNorm.Find(inputs.Gramian!);
}
