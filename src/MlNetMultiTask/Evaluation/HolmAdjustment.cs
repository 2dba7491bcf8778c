namespace MlNetMultiTask.Evaluation;

/// <summary>Adjusts p-values for their number, so that the chance of any false finding among all of them stays below the level (Holm 1979).</summary>
internal static class HolmAdjustment
{
    /// <summary>The adjusted p-values, in the order of the given ones; NaN stays, and does not count.</summary>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        double[] adjusted = [.. pValues];
        int[] order = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i])).OrderBy(i => adjusted[i])];
        double largest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (order.Length - rank) * adjusted[order[rank]]));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}
