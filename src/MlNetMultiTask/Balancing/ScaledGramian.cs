namespace MlNetMultiTask.Balancing;

/// <summary>
/// A Gramian taken apart into the gradients' norms and the cosines between them: solvers work on cosines, so that neither huge nor tiny gradients, nor tasks of different scales, cost
/// precision. A gradient of 0 has the cosine 0 with all, itself included.
/// </summary>
internal sealed class ScaledGramian
{
    public ScaledGramian(double[,] gramian)
    {
        int count = gramian.GetLength(0);
        Norms = new double[count];
        Cosines = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            Norms[i] = Math.Sqrt(Math.Max(gramian[i, i], 0));
        }

        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                Cosines[i, j] = Norms[i] == 0 || Norms[j] == 0 ? 0 : i == j ? 1 : Math.Clamp(gramian[i, j] / Norms[i] / Norms[j], -1, 1);
            }
        }
    }

    public int Count => Norms.Length;

    public double[] Norms { get; }

    public double[,] Cosines { get; }

    /// <summary>The tasks whose gradient is not 0.</summary>
    public int[] NonZero => [.. Enumerable.Range(0, Count).Where(i => Norms[i] > 0)];

    /// <summary>The inner product of a combination of the unit gradients with one of them.</summary>
    public double Multiply(ReadOnlySpan<double> parts, int other)
    {
        double product = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            product += Cosines[other, i] * parts[i];
        }

        return product;
    }

    /// <summary>The length of a combination of the unit gradients.</summary>
    public double GetLength(ReadOnlySpan<double> parts)
    {
        double square = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            square += parts[i] * Multiply(parts, i);
        }

        return Math.Sqrt(Math.Max(square, 0));
    }

    /// <summary>Adds the weights of the gradients that make up a combination of the unit gradients, which began as the gradient of one task; where that is 0, the task's weight is 1 as it was.</summary>
    public void AddWeights(ReadOnlySpan<double> parts, int task, Span<double> weights)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            weights[i] += Norms[i] > 0 ? parts[i] / Norms[i] : i == task ? 1 : 0;
        }
    }
}
