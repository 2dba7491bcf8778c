namespace MlNetMultiTask.Balancing;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix, A = V Λ Vᵀ, by Jacobi's rotations (1846): the most accurate method for small ones.</summary>
internal sealed class SymmetricEigen
{
    /// <summary>Eigenvalues are known up to rounding in relation to the largest; so are Gramians of gradients in single precision whose directions are the same.</summary>
    private const double Rounding = 1e-12;

    public SymmetricEigen(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        double[,] a = (double[,])matrix.Clone();
        Vectors = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            Vectors[i, i] = 1;
        }

        // It converges quadratically: a few sweeps do.
        for (int sweep = 0; sweep < 50 && !IsDiagonal(a); sweep++)
        {
            for (int p = 0; p < count; p++)
            {
                for (int q = p + 1; q < count; q++)
                {
                    Rotate(a, p, q);
                }
            }
        }

        Values = [.. Enumerable.Range(0, count).Select(i => a[i, i])];
    }

    /// <summary>The eigenvalues, in no order.</summary>
    public double[] Values { get; }

    /// <summary>The eigenvectors: column k belongs to eigenvalue k.</summary>
    public double[,] Vectors { get; }

    /// <summary>The number of eigenvalues that are not 0, as far as rounding can tell.</summary>
    public int Rank => Values.Count(IsPositive);

    /// <summary>The pseudo-inverse of a positive semidefinite matrix times a vector.</summary>
    public double[] SolveOnRange(double[] b)
    {
        double[] x = new double[b.Length];
        foreach (int k in Enumerable.Range(0, b.Length).Where(k => IsPositive(Values[k])))
        {
            double part = Enumerable.Range(0, b.Length).Sum(i => Vectors[i, k] * b[i]) / Values[k];
            for (int i = 0; i < b.Length; i++)
            {
                x[i] += part * Vectors[i, k];
            }
        }

        return x;
    }

    private bool IsPositive(double value) => value > Rounding * Values.Max();

    private static bool IsDiagonal(double[,] a)
    {
        for (int p = 0; p < a.GetLength(0); p++)
        {
            for (int q = p + 1; q < a.GetLength(0); q++)
            {
                if (Math.Abs(a[p, q]) > 1e-16 * Math.Sqrt(Math.Abs(a[p, p] * a[q, q])))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Turns the plane of two coordinates so that their product vanishes.</summary>
    private void Rotate(double[,] a, int p, int q)
    {
        if (a[p, q] == 0)
        {
            return;
        }

        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        double tangent = double.IsInfinity(theta * theta) ? 0.5 / theta : (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        double sine = tangent * cosine;
        int count = a.GetLength(0);
        for (int k = 0; k < count; k++)
        {
            (a[k, p], a[k, q]) = ((cosine * a[k, p]) - (sine * a[k, q]), (sine * a[k, p]) + (cosine * a[k, q]));
        }

        for (int k = 0; k < count; k++)
        {
            (a[p, k], a[q, k]) = ((cosine * a[p, k]) - (sine * a[q, k]), (sine * a[p, k]) + (cosine * a[q, k]));
            (Vectors[k, p], Vectors[k, q]) = ((cosine * Vectors[k, p]) - (sine * Vectors[k, q]), (sine * Vectors[k, p]) + (cosine * Vectors[k, q]));
        }

        a[p, q] = a[q, p] = 0;
    }
}
