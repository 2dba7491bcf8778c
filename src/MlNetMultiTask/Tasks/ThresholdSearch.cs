namespace MlNetMultiTask.Tasks;

/// <summary>Finds the threshold that is best for a metric on given rows.</summary>
internal static class ThresholdSearch
{
    private const float Middle = 0.5f;

    /// <summary>
    /// Tries each threshold that decides the rows differently, half-way between neighbouring probabilities. Of equally
    /// good ones, the nearest to 0.5 is taken; 0.5 itself where all rows are of one class.
    /// </summary>
    /// <param name="probabilities">The rows' probabilities of yes.</param>
    /// <param name="labels">The rows' labels, 1 or 0; NaN where there is none.</param>
    /// <param name="metric">What to maximise.</param>
    public static float Find(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> labels, ThresholdMetric metric)
    {
        List<(float Probability, bool IsPositive)> rows = [];
        for (int i = 0; i < labels.Length; i++)
        {
            if (!float.IsNaN(labels[i]))
            {
                rows.Add((probabilities[i], labels[i] != 0f));
            }
        }

        int positives = rows.Count(row => row.IsPositive);
        int negatives = rows.Count - positives;
        if (positives == 0 || negatives == 0)
        {
            return Middle;
        }

        rows.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        (double best, float threshold) = (double.NegativeInfinity, Middle);
        int truePositives = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            truePositives += rows[i].IsPositive ? 1 : 0;
            bool isLast = i + 1 == rows.Count;
            if (!isLast && rows[i + 1].Probability == rows[i].Probability)
            {
                continue;
            }

            // Everything down to row i is predicted yes.
            float high = rows[i].Probability;
            float low = isLast ? 0f : rows[i + 1].Probability;
            float candidate = Middle <= high && Middle > low ? Middle : Between(low, high);
            double value = Evaluate(metric, truePositives, i + 1 - truePositives, positives, negatives);
            if (value > best || (value == best && Math.Abs(candidate - Middle) < Math.Abs(threshold - Middle)))
            {
                (best, threshold) = (value, candidate);
            }
        }

        return threshold;
    }

    private static double Evaluate(ThresholdMetric metric, int truePositives, int falsePositives, int positives, int negatives) =>
        metric == ThresholdMetric.F1
            ? 2.0 * truePositives / (truePositives + falsePositives + positives)
            : (((double)truePositives / positives) + ((double)(negatives - falsePositives) / negatives)) / 2;

    /// <summary>A number above <paramref name="low"/> and at most <paramref name="high"/>, even where they are neighbours.</summary>
    private static float Between(float low, float high)
    {
        float middle = low + ((high - low) / 2);
        return middle > low ? middle : high;
    }
}
