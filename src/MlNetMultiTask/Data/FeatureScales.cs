using System.Globalization;

namespace MlNetMultiTask.Data;

/// <summary>
/// Looks for features that lie far from 0 or spread widely: networks learn badly from them, and nothing else would say
/// so. ML.NET's normalisers leave them there unless told <c>fixZero: false</c>.
/// </summary>
internal static class FeatureScales
{
    private const int RowsExamined = 1000;
    private const double LargestOffset = 5;
    private const double LargestMagnitude = 100;

    /// <summary>A warning about the features of the first rows; null where they look well.</summary>
    public static string? FindProblem(TabularData data)
    {
        int rows = Math.Min(data.RowCount, RowsExamined);
        int count = 0;
        string? first = null;
        for (int slot = 0; slot < data.FeatureCount; slot++)
        {
            (double mean, double deviation, bool twoValued) = Describe(data, slot, rows);
            bool suspicious = !twoValued && deviation > 0 && (Math.Abs(mean) > LargestOffset * deviation || Math.Max(Math.Abs(mean), deviation) > LargestMagnitude);
            if (suspicious)
            {
                count++;
                first ??= string.Create(CultureInfo.InvariantCulture, $"slot {slot} is {mean:G4} ± {deviation:G3}");
            }
        }

        return first is null
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{count} of {data.FeatureCount} features are far from 0 or widely spread ({first}), and networks learn badly from such. Scale them around 0 before the trainer: Transforms.NormalizeMeanVariance(\"...\", fixZero: false).");
    }

    /// <summary>Mean and deviation of a slot, and whether it takes two values at most (as one of a one-hot vector does).</summary>
    private static (double Mean, double Deviation, bool TwoValued) Describe(TabularData data, int slot, int rows)
    {
        double mean = 0;
        double squares = 0;
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        bool between = false;
        for (int row = 0; row < rows; row++)
        {
            float value = data.Features[((long)row * data.FeatureCount) + slot];
            double delta = value - mean;
            mean += delta / (row + 1);
            squares += delta * (value - mean);
            between |= (value > low && value < high) || (low < high && (value < low || value > high));
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        return (mean, Math.Sqrt(squares / rows), !between);
    }
}
