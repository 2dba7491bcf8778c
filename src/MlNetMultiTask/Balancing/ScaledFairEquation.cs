namespace MlNetMultiTask.Balancing;

/// <summary>
/// The u &gt; 0 with Cu = k u^(−p), elementwise, where ½ uᵀCu − Σ h(uᵢ), h' = k u^(−p), is least: each coordinate in turn goes to where this is least along it, which leads there from anywhere, also where a
/// weight is to be smaller than others by many orders of magnitude; a Newton step after each round makes it fast at the end.
/// </summary>
/// <param name="c">Cosines, positive definite.</param>
/// <param name="logK">The logarithms of k.</param>
/// <param name="p">The power, above 0.</param>
internal sealed class ScaledFairEquation(double[,] c, double[] logK, double p)
{
    private const int MaximumNumberOfRounds = 200;

    /// <summary>Of the terms of an equation, what rounding may leave.</summary>
    private const double Tolerance = 1e-14;

    /// <summary>The logarithm of what counts as 0.</summary>
    private const double Lowest = -500;

    private readonly int _count = logK.Length;
    private readonly double[] _u = [.. logK.Select(log => Math.Exp(Math.Max(log / (1 + p), Lowest)))];

    public double[] Solve()
    {
        for (int round = 0; round < MaximumNumberOfRounds; round++)
        {
            for (int i = 0; i < _count; i++)
            {
                _u[i] = Math.Exp(Math.Max(FindLeast(c[i, i], Multiply(_u, i) - (c[i, i] * _u[i]), logK[i]), Lowest));
            }

            if (IsSolved() || !GoOnByNewton())
            {
                break;
            }
        }

        return _u;
    }

    /// <summary>The logarithm of the u with au + b = k u^(−p), by Newton steps on the logarithms of both sides; they come from above, and never pass it, as the left one is convex.</summary>
    private double FindLeast(double a, double b, double logOfK)
    {
        double log = (logOfK - Math.Log(a)) / (1 + p);
        double least = Math.Abs(b) / a;
        double start = log;
        for (int step = 0; step < 100; step++)
        {
            // For b < 0, u = |b| / a + v, and the logarithm is that of v.
            double value = Math.Exp(log);
            double share = value / (value + least);
            double sum = Math.Log(value + least);
            double gap = b < 0 ? Math.Log(a) + log - logOfK + (p * sum) : Math.Log(a) + sum - logOfK + (p * log);
            double move = gap / (b < 0 ? 1 + (p * share) : share + p);
            log = Math.Min(log - move, start);

            // The error is about the square of the last move.
            if (Math.Abs(move) < 1e-8)
            {
                break;
            }
        }

        return b < 0 ? Math.Log(least + Math.Exp(log)) : log;
    }

    /// <summary>One Newton step for all, shortened until it no longer leads far past the least value along it; false where there is none.</summary>
    private bool GoOnByNewton()
    {
        double[,] slope = (double[,])c.Clone();
        double[] residuals = GetResiduals(_u);
        for (int i = 0; i < _count; i++)
        {
            slope[i, i] += p * GetRight(_u[i], i) / _u[i];
        }

        if (Cholesky.TryFactor(slope, [.. Enumerable.Range(0, _count)])?.Solve(Array.ConvertAll(residuals, residual => -residual)) is not { } direction)
        {
            return false;
        }

        // It stays inside, where u > 0.
        double share = Math.Min(1, 0.9 / Math.Max(double.Epsilon, _u.Zip(direction, (value, move) => -move / value).Max()));
        double before = GetSlope(residuals, direction);
        for (; share > 1e-10; share /= 2)
        {
            double[] next = [.. _u.Zip(direction, (value, move) => value + (share * move))];
            if (GetSlope(GetResiduals(next), direction) <= -before / 2)
            {
                next.CopyTo(_u, 0);
                break;
            }
        }

        return true;
    }

    private bool IsSolved()
    {
        for (int i = 0; i < _count; i++)
        {
            double right = GetRight(_u[i], i);
            double size = right;
            for (int j = 0; j < _count; j++)
            {
                size += Math.Abs(c[i, j]) * _u[j];
            }

            double residual = Multiply(_u, i) - right;
            bool isZero = residual > 0 && Math.Log(_u[i]) < Lowest + 1;
            if (!isZero && !(Math.Abs(residual) <= Tolerance * _count * size))
            {
                return false;
            }
        }

        return true;
    }

    private double[] GetResiduals(double[] u) => [.. u.Select((value, i) => Multiply(u, i) - GetRight(value, i))];

    private double GetRight(double value, int i) => Math.Exp(logK[i] - (p * Math.Log(value)));

    private double Multiply(double[] u, int i)
    {
        double sum = 0;
        for (int j = 0; j < _count; j++)
        {
            sum += c[i, j] * u[j];
        }

        return sum;
    }

    private static double GetSlope(double[] residuals, double[] direction) => residuals.Zip(direction, (residual, move) => residual * move).Sum();
}
