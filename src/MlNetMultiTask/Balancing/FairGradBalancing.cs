namespace MlNetMultiTask.Balancing;

/// <summary>
/// FairGrad: the combination that is α-fair to all tasks, Gw = w^(−1/α) with w &gt; 0 (Ban, Ji 2024, "Fair Resource Allocation in Multi-Task Learning"). α = 1 is proportional fairness, as in Nash-MTL; the larger it is, the
/// more the worst-off task counts.
/// </summary>
internal sealed class FairGradBalancing(double alpha) : StatelessBalancing
{
    private readonly double _alpha = Require(alpha, alpha > 0, nameof(alpha), "above 0");

    public override string Name => "FairGrad";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override string ToString() => Describe("alpha", _alpha);

    public override double[] GetWeights(BalancingStep inputs) => FairEquation.Solve(inputs.Gramian!, _alpha);
}
