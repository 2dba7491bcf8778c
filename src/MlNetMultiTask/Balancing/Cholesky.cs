namespace MlNetMultiTask.Balancing;

/// <summary>The solution of small linear systems with a symmetric, positive definite matrix A = L Lᵀ.</summary>
internal sealed class Cholesky
{
    private readonly double[,] _factor;
    private readonly int _count;

    private Cholesky(double[,] factor, int count) => (_factor, _count) = (factor, count);

    /// <summary>Factors the rows and columns of a matrix that are picked; null where they depend on one another, as far as can be told in double precision.</summary>
    /// <param name="matrix">A symmetric matrix.</param>
    /// <param name="picked">The rows and columns.</param>
    public static Cholesky? TryFactor(double[,] matrix, IReadOnlyList<int> picked)
    {
        const double Smallest = 1e-14;
        int count = picked.Count;
        double[,] factor = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[picked[i], picked[j]];
                for (int k = 0; k < j; k++)
                {
                    rest -= factor[i, k] * factor[j, k];
                }

                if (i > j)
                {
                    factor[i, j] = rest / factor[j, j];
                }
                else if (rest > Smallest * matrix[picked[i], picked[i]])
                {
                    factor[i, i] = Math.Sqrt(rest);
                }
                else
                {
                    return null;
                }
            }
        }

        return new Cholesky(factor, count);
    }

    /// <summary>Solves A x = b; b becomes x.</summary>
    public double[] Solve(double[] b)
    {
        for (int i = 0; i < _count; i++)
        {
            for (int k = 0; k < i; k++)
            {
                b[i] -= _factor[i, k] * b[k];
            }

            b[i] /= _factor[i, i];
        }

        for (int i = _count - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < _count; k++)
            {
                b[i] -= _factor[k, i] * b[k];
            }

            b[i] /= _factor[i, i];
        }

        return b;
    }
}
