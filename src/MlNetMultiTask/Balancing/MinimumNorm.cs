namespace MlNetMultiTask.Balancing;

/// <summary>The shortest vector among the convex combinations of gradients.</summary>
internal static class MinimumNorm
{
    /// <summary>The weights w ≥ 0, Σw = 1, for which wᵀGw is least.</summary>
    /// <remarks>
    /// With x = s w, the least xᵀGx + (Σx − 1)² has the same w, whatever s: for given w, the best s leaves q / (1 + q), with q = wᵀGw, which grows with q. So x ≥ 0 is the only constraint.
    /// </remarks>
    public static double[] Find(double[,] gramian)
    {
        var scaled = new ScaledGramian(gramian);
        int count = scaled.Count;
        int zeros = scaled.Norms.Count(norm => norm == 0);
        if (zeros > 0)
        {
            return Array.ConvertAll(scaled.Norms, norm => norm == 0 ? 1.0 / zeros : 0);
        }

        double shortest = scaled.Norms.Min();
        double[] shares = Array.ConvertAll(scaled.Norms, norm => shortest / norm);
        double[,] q = (double[,])scaled.Cosines.Clone();
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                q[i, j] += shares[i] * shares[j];
            }
        }

        double[] x = NonNegativeQuadratic.Minimize(q, Array.ConvertAll(shares, share => -share));
        double[] weights = [.. x.Zip(shares, (value, share) => value * share)];
        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
