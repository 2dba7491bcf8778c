namespace MlNetMultiTask.Balancing;

/// <summary>
/// IMTL-G: the combination, Σw = 1, that has the same projection on every task's unit gradient (Liu et al. 2021, "Towards Impartial Multi-task Learning"): w ∝ G⁺ √diag(G). Where there is none,
/// or the weights would have no bound, tasks weigh alike; that is so of gradients that are opposed.
/// </summary>
internal sealed class ImtlGBalancing : StatelessBalancing
{
    /// <summary>The smallest sum of the weights before it is brought to 1, in relation to the sum of their sizes.</summary>
    private const double SmallestSum = 1e-6;

    public override string Name => "ImtlG";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs)
    {
        var gramian = new ScaledGramian(inputs.Gramian!);
        int[] tasks = gramian.NonZero;
        double[] weights = new double[gramian.Count];
        if (tasks.Length > 0)
        {
            // With wᵢ = yᵢ / nᵢ, all projections are alike where the cosines times y are.
            double[] y = new SymmetricEigen(gramian.Cosines).SolveOnRange([.. gramian.Norms.Select(norm => norm > 0 ? 1.0 : 0.0)]);
            double shortest = tasks.Min(i => gramian.Norms[i]);
            Array.ForEach(tasks, i => weights[i] = y[i] * (shortest / gramian.Norms[i]));
        }

        double sum = weights.Sum();
        return Math.Abs(sum) > SmallestSum * weights.Sum(Math.Abs)
            ? Array.ConvertAll(weights, weight => weight / sum)
            : [.. Enumerable.Repeat(1.0 / weights.Length, weights.Length)];
    }
}
