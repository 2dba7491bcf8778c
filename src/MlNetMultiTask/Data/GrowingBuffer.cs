namespace MlNetMultiTask.Data;

/// <summary>An array of floats that rows are appended to; it doubles as it fills, up to what one array can hold.</summary>
internal sealed class GrowingBuffer(int width, long? expectedRows)
{
    private float[] _values = new float[Math.Clamp((expectedRows ?? 256) * width, width, Array.MaxLength)];

    public int RowCount { get; private set; }

    /// <summary>The numbers so far; the array may be longer.</summary>
    public float[] Values => _values;

    public ReadOnlySpan<float> Span => _values.AsSpan(0, RowCount * width);

    /// <summary>The place of the next row, which counts once <see cref="Commit"/> is called.</summary>
    public Span<float> NextRow()
    {
        long needed = (RowCount + 1L) * width;
        if (needed > _values.Length)
        {
            if (needed > Array.MaxLength)
            {
                throw new NotSupportedException(
                    $"The training data has more than {RowCount} rows of {width} numbers, which is more than one buffer in memory can hold. Train on a sample of the rows, or reduce the features.");
            }

            Array.Resize(ref _values, (int)Math.Clamp(_values.LongLength * 2, needed, Array.MaxLength));
        }

        return _values.AsSpan(RowCount * width, width);
    }

    public void Commit() => RowCount++;
}
