namespace MlNetMultiTask.Evaluation;

/// <summary>Entropies in bits, of counts.</summary>
internal static class Information
{
    /// <summary>The entropy of values that occur so often; NaN where none does.</summary>
    public static double GetEntropy(IReadOnlyList<int> counts)
    {
        double total = counts.Sum(count => (double)count);
        if (total == 0)
        {
            return double.NaN;
        }

        double sum = 0;
        foreach (int count in counts)
        {
            sum += count == 0 ? 0 : count / total * Math.Log2(total / count);
        }

        return sum;
    }

    /// <summary>What is left to know of the column for one who knows the row. Each term is 0 or more, so that 0 is reached exactly by functions.</summary>
    public static double GetConditionalEntropy(ContingencyTable table)
    {
        double sum = 0;
        foreach ((int row, _, int count) in table.Cells)
        {
            sum += (double)count / table.Total * Math.Log2((double)table.RowTotals[row] / count);
        }

        return table.Total == 0 ? double.NaN : sum;
    }

    public static double GetMutualInformation(ContingencyTable table)
    {
        double sum = 0;
        foreach ((int row, int column, int count) in table.Cells)
        {
            sum += (double)count / table.Total * Math.Log2((double)count * table.Total / ((double)table.RowTotals[row] * table.ColumnTotals[column]));
        }

        return table.Total == 0 ? double.NaN : Math.Max(0, sum);
    }

    /// <summary>Divides by the mean of two entropies; NaN where both are 0.</summary>
    public static double Normalize(double mutualInformation, double left, double right) =>
        left + right > 0 ? Math.Min(1, 2 * mutualInformation / (left + right)) : double.NaN;
}
