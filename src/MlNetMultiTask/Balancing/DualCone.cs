namespace MlNetMultiTask.Balancing;

/// <summary>Projections of combinations of gradients onto the directions that no gradient opposes.</summary>
internal static class DualCone
{
    /// <summary>The weights v ≥ u for which vᵀGv is least: those of the direction nearest to Jᵀu along which no loss grows.</summary>
    public static double[] Project(ScaledGramian gramian, double[] u)
    {
        int count = gramian.Count;
        double longest = gramian.Norms.Max();
        if (longest == 0)
        {
            return u;
        }

        // v = u + x, x ≥ 0, with xᵢ in units of longest / normᵢ.
        double[] parts = [.. u.Zip(gramian.Norms, (lower, norm) => lower * (norm / longest))];
        double[] c = [.. parts.Select((_, i) => gramian.Multiply(parts, i))];
        double[] x = NonNegativeQuadratic.Minimize(gramian.Cosines, c);
        return [.. Enumerable.Range(0, count).Select(i => u[i] + (x[i] == 0 ? 0 : x[i] * (longest / gramian.Norms[i])))];
    }
}
