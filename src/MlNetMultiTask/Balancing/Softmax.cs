namespace MlNetMultiTask.Balancing;

/// <summary>Positive shares that add up to 1, of any numbers.</summary>
internal static class Softmax
{
    /// <summary>exp(xᵢ / temperature) / Σ exp(xⱼ / temperature), without overflow.</summary>
    public static double[] Of(IEnumerable<double> values, double temperature = 1)
    {
        double[] shares = [.. values];
        double largest = shares.Max();
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = Math.Exp((shares[i] - largest) / temperature);
        }

        double sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }
}
