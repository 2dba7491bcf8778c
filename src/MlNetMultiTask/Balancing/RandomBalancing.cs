namespace MlNetMultiTask.Balancing;

/// <summary>
/// Random loss weighting: the softmax of standard normal numbers, drawn anew in each step (Lin et al. 2022, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning").
/// </summary>
internal sealed class RandomBalancing : StatelessBalancing
{
    public override string Name => "Random";

    public override BalancingNeeds Needs => BalancingNeeds.None;

    public override double[] GetWeights(BalancingStep inputs) => Softmax.Of(inputs.Tasks.Select(_ => DrawNormal(inputs.NextRandom)));

    /// <summary>A standard normal number (Box, Muller 1958).</summary>
    private static double DrawNormal(Func<double> nextRandom)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - nextRandom()));
        return radius * Math.Cos(2 * Math.PI * nextRandom());
    }
}
