namespace MlNetMultiTask.Balancing;

/// <summary>
/// The weights w &gt; 0 with Gw = w^(−1/α), elementwise. They are where ½ wᵀGw − Σ h(wᵢ), h' = w^(−1/α), is least, which is convex, so that there is one solution.
/// </summary>
internal static class FairEquation
{
    /// <summary>
    /// Where gradients (nearly) cancel, the weights would have no bound. Then the cosines' diagonal is raised by this share. A gradient of 0 has the weight 0.
    /// </summary>
    private const double Ridge = 1e-8;

    /// <summary>Weights are brought down together to this, so that single precision holds them: opposed gradients very far apart in length ask for more.</summary>
    private const double Largest = 1e30;

    public static double[] Solve(double[,] gramian, double alpha)
    {
        var whole = new ScaledGramian(gramian);
        int[] tasks = whole.NonZero;
        double[] weights = new double[whole.Count];
        if (tasks.Length == 0)
        {
            return weights;
        }

        // With wᵢ = uᵢ / nᵢ: Cu = k u^(−1/α), k = n^(1/α − 1), in units of the mean norm, so that u is about 1.
        double power = 1 / alpha;
        double[] logNorms = [.. tasks.Select(i => Math.Log(whole.Norms[i]))];
        double logUnit = logNorms.Average();
        var equation = new ScaledFairEquation(GetCosines(whole, tasks), [.. logNorms.Select(log => (power - 1) * (log - logUnit))], power);
        double[] u = equation.Solve();

        // In these units G is unit² times as large, and so w is to be unit^(−2 / (1 + 1/α)) times.
        double factor = Math.Exp(logUnit * -2 / (1 + power));
        double unit = Math.Exp(logUnit);
        for (int i = 0; i < tasks.Length; i++)
        {
            weights[tasks[i]] = factor * (u[i] / (whole.Norms[tasks[i]] / unit));
        }

        double largest = weights.Max();
        return largest > Largest ? Array.ConvertAll(weights, weight => weight / largest * Largest) : weights;
    }

    private static double[,] GetCosines(ScaledGramian whole, int[] tasks)
    {
        double[,] cosines = new double[tasks.Length, tasks.Length];
        double[,] lowered = new double[tasks.Length, tasks.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            for (int j = 0; j < tasks.Length; j++)
            {
                cosines[i, j] = whole.Cosines[tasks[i], tasks[j]];
                lowered[i, j] = cosines[i, j] - (i == j ? Ridge : 0);
            }
        }

        if (Cholesky.TryFactor(lowered, [.. Enumerable.Range(0, tasks.Length)]) is null)
        {
            for (int i = 0; i < tasks.Length; i++)
            {
                cosines[i, i] += Ridge;
            }
        }

        return cosines;
    }
}
