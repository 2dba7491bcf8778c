namespace MlNetMultiTask.Balancing;

/// <summary>
/// Nash-MTL: the combination that tasks would bargain for, Gw = 1 / w with w &gt; 0, whose squared length is K; then cut to a maximum norm (Navon et al. 2022, "Multi-Task Learning as a Bargaining Game"). It
/// does not change with the scale of a loss.
/// </summary>
internal sealed class NashMTLBalancing(double? maximumNorm) : StatelessBalancing
{
    private readonly double? _maximumNorm = maximumNorm is { } norm ? Require(norm, norm > 0, nameof(maximumNorm), "above 0, or null") : null;

    public override string Name => "NashMTL";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override string ToString() => _maximumNorm is { } norm ? Describe("maximum norm", norm) : Name;

    public override double[] GetWeights(BalancingStep inputs)
    {
        double[] weights = FairEquation.Solve(inputs.Gramian!, alpha: 1);
        var gramian = new ScaledGramian(inputs.Gramian!);
        double length = gramian.GetLength([.. weights.Zip(gramian.Norms, (weight, norm) => weight * norm)]);
        return length > _maximumNorm ? Array.ConvertAll(weights, weight => weight * (_maximumNorm.Value / length)) : weights;
    }
}
