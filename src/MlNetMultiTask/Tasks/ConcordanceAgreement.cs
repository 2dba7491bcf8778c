namespace MlNetMultiTask.Tasks;

/// <summary>
/// The concordance correlation coefficient of two series of numbers (Lin 1989): 2 cov(a, b) / (var a + var b + (mean a − mean b)²), in the mean over slots.
/// Unlike Pearson's correlation, it is 1 only where the numbers are equal.
/// </summary>
/// <param name="width">The number of slots.</param>
internal sealed class ConcordanceAgreement(int width) : AgreementMetric
{
    private readonly long[] _counts = new long[width];
    private readonly double[] _meanFirst = new double[width];
    private readonly double[] _meanSecond = new double[width];
    private readonly double[] _variationFirst = new double[width];
    private readonly double[] _variationSecond = new double[width];
    private readonly double[] _common = new double[width];

    public override void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rowCount)
    {
        for (int i = 0; i < first.Length; i++)
        {
            double a = first[i];
            double b = second[i];
            if (double.IsNaN(a) || double.IsNaN(b))
            {
                continue;
            }

            // After Welford 1962: sums of squares would cancel.
            int slot = i % width;
            double difference = a - _meanFirst[slot];
            double other = b - _meanSecond[slot];
            _counts[slot]++;
            _meanFirst[slot] += difference / _counts[slot];
            _meanSecond[slot] += other / _counts[slot];
            _variationFirst[slot] += difference * (a - _meanFirst[slot]);
            _variationSecond[slot] += other * (b - _meanSecond[slot]);
            _common[slot] += difference * (b - _meanSecond[slot]);
        }
    }

    public override double Take()
    {
        double sum = 0;
        int known = 0;
        for (int slot = 0; slot < width; slot++)
        {
            double apart = _meanFirst[slot] - _meanSecond[slot];
            double all = _variationFirst[slot] + _variationSecond[slot] + (_counts[slot] * apart * apart);
            if (_counts[slot] > 0)
            {
                // Two constants that are the same agree.
                sum += all > 0 ? 2 * _common[slot] / all : 1;
                known++;
            }
        }

        double[][] series = [_meanFirst, _meanSecond, _variationFirst, _variationSecond, _common];
        Array.ForEach(series, Array.Clear);
        Array.Clear(_counts);
        return sum / known;
    }
}
