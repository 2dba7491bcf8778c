namespace MlNetMultiTask.Evaluation;

/// <summary>Correlations of numbers, over the rows where both are known.</summary>
internal static class Correlation
{
    /// <summary>Of Pearson; NaN for a constant.</summary>
    public static double GetPearson(double[] left, double[] right)
    {
        if (IsConstant(left) || IsConstant(right))
        {
            return double.NaN;
        }

        double leftMean = left.Average();
        double rightMean = right.Average();
        (double squaresLeft, double squaresRight, double products) = (0, 0, 0);
        for (int i = 0; i < left.Length; i++)
        {
            (double x, double y) = (left[i] - leftMean, right[i] - rightMean);
            squaresLeft += x * x;
            squaresRight += y * y;
            products += x * y;
        }

        return Math.Clamp(products / (Math.Sqrt(squaresLeft) * Math.Sqrt(squaresRight)), -1, 1);
    }

    /// <summary>Of Spearman: of the ranks, rows of one value sharing their mean rank; NaN for a constant.</summary>
    public static double GetSpearman(double[] left, double[] right) => GetPearson(GetRanks(left), GetRanks(right));

    /// <summary>The share of the numbers' variance that lies between groups; NaN for a constant.</summary>
    public static double GetRatio(double[] numbers, int[] groups, int numberOfGroups)
    {
        if (IsConstant(numbers))
        {
            return double.NaN;
        }

        double mean = numbers.Average();
        double[] sums = new double[numberOfGroups];
        int[] counts = new int[numberOfGroups];
        for (int i = 0; i < numbers.Length; i++)
        {
            sums[groups[i]] += numbers[i] - mean;
            counts[groups[i]]++;
        }

        double between = 0;
        for (int group = 0; group < numberOfGroups; group++)
        {
            between += counts[group] == 0 ? 0 : sums[group] * sums[group] / counts[group];
        }

        return Math.Clamp(between / numbers.Sum(number => (number - mean) * (number - mean)), 0, 1);
    }

    public static double[] GetRanks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort([.. values], order);
        double[] ranks = new double[values.Length];
        int begin = 0;
        while (begin < order.Length)
        {
            int end = begin + 1;
            while (end < order.Length && values[order[end]] == values[order[begin]])
            {
                end++;
            }

            for (int i = begin; i < end; i++)
            {
                ranks[order[i]] = (begin + end - 1) / 2.0;
            }

            begin = end;
        }

        return ranks;
    }

    private static bool IsConstant(double[] values) => Array.TrueForAll(values, value => value == values[0]);
}
