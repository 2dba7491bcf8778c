namespace MlNetMultiTask.Tasks;

/// <summary>How far a student's numbers agree with its teacher's.</summary>
internal sealed class NumberFidelity(PredictionTask task, int width) : FidelityCounter
{
    private readonly ConcordanceAgreement _agreement = new(width);
    private readonly double[] _differences = new double[width];
    private readonly long[] _counts = new long[width];
    private long _rows;

    public override void Add(ReadOnlySpan<float> teacher, ReadOnlySpan<float> student)
    {
        _rows++;
        _agreement.Add(teacher, student, 1);
        for (int slot = 0; slot < width; slot++)
        {
            if (!float.IsNaN(teacher[slot]))
            {
                _counts[slot]++;
                _differences[slot] += Math.Abs((double)teacher[slot] - student[slot]);
            }
        }
    }

    public override TaskFidelity Finish()
    {
        int[] known = [.. Enumerable.Range(0, width).Where(slot => _counts[slot] > 0)];
        return new TaskFidelity(task, _rows)
        {
            Agreement = _agreement.Take(),
            MeanAbsoluteDifference = known.Length == 0 ? double.NaN : known.Average(slot => _differences[slot] / _counts[slot]),
        };
    }
}
