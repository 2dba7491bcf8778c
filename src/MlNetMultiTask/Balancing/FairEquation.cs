namespace MlNetMultiTask.Balancing;

/// <summary>
/// The weights w &gt; 0 with Gw = w^(−1/α), elementwise, by a damped Newton method. They are where ½ wᵀGw − Σ h(wᵢ), h' = w^(−1/α), is least, which is convex, so that there is one solution.
/// </summary>
internal static class FairEquation
{
    private const double Tolerance = 1e-12;
    private const int MaximumNumberOfSteps = 200;

    /// <summary>
    /// Where gradients (nearly) cancel, the weights would have no bound. Then the cosines' diagonal is raised by this share. A gradient of 0 has the weight 0.
    /// </summary>
    private const double Ridge = 1e-8;

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
        double unit = Math.Exp(tasks.Average(i => Math.Log(whole.Norms[i])));
        double[] k = [.. tasks.Select(i => Math.Pow(whole.Norms[i] / unit, power - 1))];
        double[] u = SolveScaled(GetCosines(whole, tasks), k, power);

        // In these units G is unit² times as large, and so w is to be unit^(−2 / (1 + 1/α)) times.
        double factor = Math.Pow(unit, -2 / (1 + power));
        for (int i = 0; i < tasks.Length; i++)
        {
            weights[tasks[i]] = factor * (u[i] / (whole.Norms[tasks[i]] / unit));
        }

        return weights;
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

    private static double[] SolveScaled(double[,] cosines, double[] k, double power)
    {
        int count = k.Length;
        int[] all = [.. Enumerable.Range(0, count)];
        double[] u = Array.ConvertAll(k, own => Math.Pow(own, 1 / (1 + power)));

        // Residuals are judged by what they were at first on the right; it is fixed, so that each Newton step makes their sum of squares fall.
        double[] sizes = [.. k.Zip(u, (own, value) => own * Math.Pow(value, -power))];
        double[] residuals = GetResiduals(cosines, k, u, power);
        for (int step = 0; step < MaximumNumberOfSteps && !IsSolved(residuals, k, u, power); step++)
        {
            double[,] slope = (double[,])cosines.Clone();
            for (int i = 0; i < count; i++)
            {
                slope[i, i] += power * k[i] * Math.Pow(u[i], -power - 1);
            }

            if (Cholesky.TryFactor(slope, all)?.Solve(Array.ConvertAll(residuals, residual => -residual)) is not { } direction)
            {
                break;
            }

            // It stays inside, where u > 0.
            double share = Math.Min(1, 0.9 / Math.Max(double.Epsilon, u.Zip(direction, (value, move) => -move / value).Max()));
            double before = GetSize(residuals, sizes);
            double[] next;
            do
            {
                next = [.. u.Zip(direction, (value, move) => value + (share * move))];
                residuals = GetResiduals(cosines, k, next, power);
                share /= 2;
            }
            while (!(GetSize(residuals, sizes) < before) && share > 1e-10);

            if (share <= 1e-10)
            {
                break;
            }

            u = next;
        }

        return u;
    }

    private static double[] GetResiduals(double[,] cosines, double[] k, double[] u, double power)
    {
        double[] residuals = new double[k.Length];
        for (int i = 0; i < k.Length; i++)
        {
            residuals[i] = -k[i] * Math.Pow(u[i], -power);
            for (int j = 0; j < k.Length; j++)
            {
                residuals[i] += cosines[i, j] * u[j];
            }
        }

        return residuals;
    }

    private static bool IsSolved(double[] residuals, double[] k, double[] u, double power)
    {
        for (int i = 0; i < k.Length; i++)
        {
            if (!(Math.Abs(residuals[i]) <= Tolerance * k[i] * Math.Pow(u[i], -power)))
            {
                return false;
            }
        }

        return true;
    }

    private static double GetSize(double[] residuals, double[] sizes) => residuals.Zip(sizes, (residual, size) => residual / size * (residual / size)).Sum();
}
