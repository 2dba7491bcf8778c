namespace MlNetMultiTask.Tasks;

/// <summary>
/// The concordance correlation coefficient of two series of numbers (Lin 1989): 2 cov(a, b) / (var a + var b + (mean a − mean b)²), in the mean over slots.
/// Unlike Pearson's correlation, it is 1 only where the numbers are equal.
/// </summary>
/// <param name="width">The number of slots.</param>
internal sealed class ConcordanceAgreement(int width) : AgreementMetric
{
    private readonly double[] _meanFirst = new double[width];
    private readonly double[] _meanSecond = new double[width];
    private readonly double[] _variationFirst = new double[width];
    private readonly double[] _variationSecond = new double[width];
    private readonly double[] _common = new double[width];
    private long _count;

    public override void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rowCount)
    {
        for (int row = 0; row < rowCount; row++)
        {
            _count++;
            for (int slot = 0; slot < width; slot++)
            {
                // After Welford 1962: sums of squares would cancel.
                double a = first[(row * width) + slot];
                double b = second[(row * width) + slot];
                double difference = a - _meanFirst[slot];
                double other = b - _meanSecond[slot];
                _meanFirst[slot] += difference / _count;
                _meanSecond[slot] += other / _count;
                _variationFirst[slot] += difference * (a - _meanFirst[slot]);
                _variationSecond[slot] += other * (b - _meanSecond[slot]);
                _common[slot] += difference * (b - _meanSecond[slot]);
            }
        }
    }

    public override double Take()
    {
        double sum = 0;
        for (int slot = 0; slot < width; slot++)
        {
            double apart = _meanFirst[slot] - _meanSecond[slot];
            double all = _variationFirst[slot] + _variationSecond[slot] + (_count * apart * apart);

            // Two constants that are the same agree.
            sum += _count == 0 ? double.NaN : all > 0 ? 2 * _common[slot] / all : 1;
        }

        double[][] series = [_meanFirst, _meanSecond, _variationFirst, _variationSecond, _common];
        Array.ForEach(series, Array.Clear);
        _count = 0;
        return sum / width;
    }
}
