namespace MlNetMultiTask.Balancing;

/// <summary>
/// Projecting conflicting gradients: each task's gradient is projected, one after the other in random order, onto the plane at right angles to each gradient that it opposes, over the whole shared vector; then they are added up (Yu et al.
/// 2020, "Gradient Surgery for Multi-Task Learning").
/// </summary>
internal sealed class PCGradBalancing : StatelessBalancing
{
    public override string Name => "PCGrad";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs)
    {
        var gramian = new ScaledGramian(inputs.Gramian!);
        double[] weights = new double[gramian.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            // A gradient as a combination of the unit gradients.
            double[] parts = new double[weights.Length];
            parts[i] = gramian.Norms[i];
            foreach (int j in RandomOrder.OfOthers(i, weights.Length, inputs.NextRandom))
            {
                parts[j] -= Math.Min(gramian.Multiply(parts, j), 0);
            }

            gramian.AddWeights(parts, i, weights);
        }

        return weights;
    }
}
