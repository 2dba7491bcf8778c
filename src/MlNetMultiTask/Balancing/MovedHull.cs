namespace MlNetMultiTask.Balancing;

/// <summary>The convex combinations of gradients, moved along their mean g₀; lengths in units of the longest gradient.</summary>
internal sealed class MovedHull
{
    private readonly double[,] _products;
    private readonly double[] _withMean;
    private readonly double _meanSquare;

    /// <param name="gramian">The gradients.</param>
    /// <param name="longest">The norm of the longest.</param>
    /// <param name="mean">Their mean as a combination of the unit gradients.</param>
    public MovedHull(ScaledGramian gramian, double longest, double[] mean)
    {
        int count = gramian.Count;
        double[] norms = Array.ConvertAll(gramian.Norms, norm => norm / longest);
        _products = new double[count, count];
        _withMean = new double[count];
        for (int i = 0; i < count; i++)
        {
            _withMean[i] = norms[i] * gramian.Multiply(mean, i);
            for (int j = 0; j < count; j++)
            {
                _products[i, j] = norms[i] * norms[j] * gramian.Cosines[i, j];
            }
        }

        _meanSquare = Math.Pow(gramian.GetLength(mean), 2);
    }

    /// <summary>The weights on the simplex for which g_w + τ g₀ is shortest, and the length of g_w.</summary>
    public (double Length, double[] Weights) FindShortest(double tau)
    {
        int count = _withMean.Length;
        double[,] moved = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                moved[i, j] = _products[i, j] + (tau * (_withMean[i] + _withMean[j])) + (tau * tau * _meanSquare);
            }
        }

        double[] weights = MinimumNorm.Find(moved);
        double square = 0;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                square += weights[i] * weights[j] * _products[i, j];
            }
        }

        return (Math.Sqrt(Math.Max(square, 0)), weights);
    }
}
