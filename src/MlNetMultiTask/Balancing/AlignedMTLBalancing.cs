namespace MlNetMultiTask.Balancing;

/// <summary>
/// Aligned-MTL: the gradients are replaced by orthogonal ones of equal length that lie nearest to them, and averaged: w = √λ V Λ^(−1/2) Vᵀ 1/K, with G = V Λ Vᵀ on its range and λ its smallest eigenvalue there
/// (Senushkin et al. 2023, "Independent Component Alignment for Multi-Task Learning").
/// </summary>
internal sealed class AlignedMTLBalancing : StatelessBalancing
{
    public override string Name => "AlignedMTL";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs)
    {
        double[,] gramian = inputs.Gramian!;
        int count = gramian.GetLength(0);
        double[] weights = new double[count];

        // The rank is that of the cosines: a task with small gradients is a direction of its own as well.
        int rank = new SymmetricEigen(new ScaledGramian(gramian).Cosines).Rank;
        var eigen = new SymmetricEigen(gramian);

        // Of gradients very far apart in length, an eigenvalue can be lost to rounding, and come out below 0.
        int[] range = [.. Enumerable.Range(0, count).Where(k => eigen.Values[k] > 0).OrderByDescending(k => eigen.Values[k]).Take(rank)];
        if (range.Length == 0)
        {
            return weights;
        }

        double smallest = eigen.Values[range[^1]];
        foreach (int k in range)
        {
            double sum = Enumerable.Range(0, count).Sum(i => eigen.Vectors[i, k]);
            double factor = Math.Sqrt(smallest / eigen.Values[k]) * sum / count;
            for (int i = 0; i < count; i++)
            {
                weights[i] += factor * eigen.Vectors[i, k];
            }
        }

        return weights;
    }
}
