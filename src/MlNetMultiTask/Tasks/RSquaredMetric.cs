namespace MlNetMultiTask.Tasks;

/// <summary>The coefficient of determination, R² = 1 − Σ (y − ŷ)² / Σ (y − mean of y)², in the mean over slots; NaN where a slot's labels do not vary.</summary>
/// <param name="standardize">Brings labels to the scale of raw outputs, in place; R² does not depend on the scale.</param>
/// <param name="width">The number of slots.</param>
internal sealed class RSquaredMetric(Action<Span<float>> standardize, int width) : RunningMetric
{
    private readonly long[] _count = new long[width];
    private readonly double[] _errors = new double[width];
    private readonly double[] _mean = new double[width];
    private readonly double[] _variation = new double[width];
    private float[] _labels = [];

    public override void Add(ReadOnlySpan<float> raw, ReadOnlySpan<float> labels, int rowCount)
    {
        if (_labels.Length < labels.Length)
        {
            _labels = new float[labels.Length];
        }

        Span<float> standardized = _labels.AsSpan(0, labels.Length);
        labels.CopyTo(standardized);
        standardize(standardized);
        for (int i = 0; i < standardized.Length; i++)
        {
            double label = standardized[i];
            if (double.IsNaN(label))
            {
                continue;
            }

            // Mean and variation after Welford 1962: sums of squares would cancel.
            int slot = i % width;
            double error = label - raw[i];
            double difference = label - _mean[slot];
            _count[slot]++;
            _errors[slot] += error * error;
            _mean[slot] += difference / _count[slot];
            _variation[slot] += difference * (label - _mean[slot]);
        }
    }

    public override double Take()
    {
        double sum = 0;
        for (int slot = 0; slot < width; slot++)
        {
            sum += _variation[slot] > 0 ? 1 - (_errors[slot] / _variation[slot]) : double.NaN;
        }

        Array.Clear(_count);
        Array.Clear(_errors);
        Array.Clear(_mean);
        Array.Clear(_variation);
        return sum / width;
    }
}
