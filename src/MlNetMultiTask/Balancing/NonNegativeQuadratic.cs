namespace MlNetMultiTask.Balancing;

/// <summary>
/// The minimum of ½ xᵀQx + cᵀx over x ≥ 0, by the active set method of Lawson and Hanson (1974, "Solving Least Squares Problems"). Q is a positive semidefinite matrix with a diagonal of about 1, or 0 where the
/// whole row is, and c lies in its range; where there are several minima, it gives one.
/// </summary>
internal static class NonNegativeQuadratic
{
    public static double[] Minimize(double[,] q, double[] c)
    {
        int count = c.Length;
        double[] x = new double[count];
        var passive = new List<int>();
        bool[] refused = new bool[count];
        for (int round = 0; round < 30 * (count + 1); round++)
        {
            int best = FindSteepest(q, c, x, passive, refused);
            if (best < 0)
            {
                break;
            }

            // One that depends on those that are in, or would leave at once, is there by rounding alone.
            List<int> wanted = [.. passive, best];
            double[]? solution = Solve(q, c, wanted);
            if (solution is null || solution[^1] <= 0)
            {
                refused[best] = true;
                continue;
            }

            passive = wanted;
            Array.Clear(refused);
            while (solution is not null && !Array.TrueForAll(solution, value => value > 0))
            {
                StepTowards(x, passive, solution);
                solution = Solve(q, c, passive);
            }

            Array.Clear(x);
            for (int i = 0; i < passive.Count && solution is not null; i++)
            {
                x[passive[i]] = solution[i];
            }
        }

        return x;
    }

    /// <summary>The coordinate at 0 along which the value falls most; -1 where it falls along none by more than rounding.</summary>
    private static int FindSteepest(double[,] q, double[] c, double[] x, List<int> passive, bool[] refused)
    {
        const double Rounding = 1e-14;
        int best = -1;
        double steepest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (refused[i] || passive.Contains(i))
            {
                continue;
            }

            double slope = c[i];
            double size = Math.Abs(c[i]);
            for (int j = 0; j < x.Length; j++)
            {
                slope += q[i, j] * x[j];
                size += Math.Abs(q[i, j]) * x[j];
            }

            if (-slope > Math.Max(steepest, Rounding * size * x.Length))
            {
                (best, steepest) = (i, -slope);
            }
        }

        return best;
    }

    private static double[]? Solve(double[,] q, double[] c, List<int> picked) =>
        Cholesky.TryFactor(q, picked)?.Solve([.. picked.Select(i => -c[i])]);

    /// <summary>Goes from x towards the solution until a coordinate becomes 0, which leaves the passive ones.</summary>
    private static void StepTowards(double[] x, List<int> passive, double[] solution)
    {
        double share = 1;
        int leaves = 0;
        for (int i = 0; i < passive.Count; i++)
        {
            double from = x[passive[i]];
            if (solution[i] <= 0 && from / (from - solution[i]) is var limit && limit < share)
            {
                (share, leaves) = (limit, i);
            }
        }

        for (int i = 0; i < passive.Count; i++)
        {
            x[passive[i]] += share * (solution[i] - x[passive[i]]);
        }

        x[passive[leaves]] = 0;
        passive.RemoveAll(i => x[i] <= 0);
    }
}
