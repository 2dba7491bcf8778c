namespace MlNetMultiTask.Balancing;

/// <summary>
/// The geometric mean of the losses, (Π Lᵢ)^(1/K) over the K tasks that take part, so that the scale of a loss does not matter (Chennupati et al. 2019, "MultiNet++: Multi-Stream Feature Aggregation and
/// Geometric Loss Strategy for Multi-Task Learning").
/// </summary>
internal sealed class GeometricMeanBalancing : StatelessBalancing
{
    public override string Name => "GeometricMean";

    public override BalancingNeeds Needs => BalancingNeeds.Losses;

    /// <summary>The derivatives of the mean by the losses.</summary>
    public override double[] GetWeights(BalancingStep inputs)
    {
        double mean = Math.Exp(inputs.Losses.Average(loss => Math.Log(SmallestLoss.Floor(loss))));
        return [.. inputs.Losses.Select(loss => mean / (inputs.Losses.Count * SmallestLoss.Floor(loss)))];
    }
}
