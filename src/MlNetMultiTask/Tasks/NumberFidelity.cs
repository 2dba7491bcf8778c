namespace MlNetMultiTask.Tasks;

/// <summary>The share of the variance of a teacher's numbers that a student explains: 1 − Σ (teacher − student)² / Σ (teacher − mean)², in the mean over slots.</summary>
internal sealed class NumberFidelity(PredictionTask task, int width) : FidelityCounter
{
    private readonly double[] _means = new double[width];
    private readonly double[] _variations = new double[width];
    private readonly double[] _errors = new double[width];
    private readonly double[] _differences = new double[width];
    private readonly long[] _counts = new long[width];
    private long _rows;

    public override void Add(ReadOnlySpan<float> teacher, ReadOnlySpan<float> student)
    {
        _rows++;
        for (int slot = 0; slot < width; slot++)
        {
            if (float.IsNaN(teacher[slot]))
            {
                continue;
            }

            // Mean and variation after Welford 1962: sums of squares would cancel.
            double value = teacher[slot];
            double error = value - student[slot];
            double difference = value - _means[slot];
            _counts[slot]++;
            _means[slot] += difference / _counts[slot];
            _variations[slot] += difference * (value - _means[slot]);
            _errors[slot] += error * error;
            _differences[slot] += Math.Abs(error);
        }
    }

    public override TaskFidelity Finish()
    {
        int[] known = [.. Enumerable.Range(0, width).Where(slot => _counts[slot] > 0)];
        return new TaskFidelity(task, _rows)
        {
            // A teacher that says one number of all rows is met, or it is not.
            Agreement = known.Length == 0 ? double.NaN : known.Average(slot => _variations[slot] > 0 ? 1 - (_errors[slot] / _variations[slot]) : _errors[slot] > 0 ? double.NegativeInfinity : 1),
            MeanAbsoluteDifference = known.Length == 0 ? double.NaN : known.Average(slot => _differences[slot] / _counts[slot]),
        };
    }
}
