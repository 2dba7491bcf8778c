namespace MlNetMultiTask.Balancing;

/// <summary>Positive shares that add up to 1, of any numbers.</summary>
internal static class Softmax
{
    /// <summary>exp(xᵢ) / Σ exp(xⱼ), without overflow.</summary>
    public static double[] Of(IEnumerable<double> values)
    {
        double[] shares = [.. values];
        double largest = shares.Max();
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = Math.Exp(shares[i] - largest);
        }

        double sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }
}
