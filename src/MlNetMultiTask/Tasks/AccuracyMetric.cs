namespace MlNetMultiTask.Tasks;

/// <summary>The share of labelled rows that are predicted right.</summary>
/// <param name="isRight">Tells of a row's raw outputs and label whether it is right; null where it has no label.</param>
internal sealed class AccuracyMetric(AccuracyMetric.Judge isRight) : RunningMetric
{
    private long _count;
    private long _right;

    public delegate bool? Judge(ReadOnlySpan<float> raw, ReadOnlySpan<float> label);

    public override void Add(ReadOnlySpan<float> raw, ReadOnlySpan<float> labels, int rowCount)
    {
        int outputs = raw.Length / rowCount;
        int width = labels.Length / rowCount;
        for (int row = 0; row < rowCount; row++)
        {
            if (isRight(raw.Slice(row * outputs, outputs), labels.Slice(row * width, width)) is { } right)
            {
                _count++;
                _right += right ? 1 : 0;
            }
        }
    }

    public override double Take()
    {
        double share = (double)_right / _count;
        (_count, _right) = (0, 0);
        return share;
    }
}
