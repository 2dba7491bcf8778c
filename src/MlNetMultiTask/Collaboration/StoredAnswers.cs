using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlNetMultiTask.Data;

namespace MlNetMultiTask.Collaboration;

/// <summary>Answers that were asked for once and are kept, by the rows' numbers in the data.</summary>
internal sealed class StoredAnswers : IAnswers
{
    private readonly long _rowCount;
    private readonly int[] _widths;
    private readonly float[]?[] _numbers;
    private readonly Half[]?[] _halves;
    private readonly float[]?[] _means;
    private readonly float[]?[] _scales;
    private readonly Lazy<string> _checksum;

    /// <param name="rowCount">The rows of the data.</param>
    /// <param name="widths">Per task the numbers of a row; 0 for tasks that are not asked for.</param>
    /// <param name="asHalf">Whether numbers are kept in 16 bits.</param>
    /// <exception cref="NotSupportedException">One array can't hold a task's answers.</exception>
    public StoredAnswers(long rowCount, int[] widths, bool asHalf)
    {
        if (Array.Find(widths, width => rowCount * width > Array.MaxLength) is > 0 and int wide)
        {
            throw new NotSupportedException($"The teacher's answers are {rowCount} rows of {wide} numbers, more than one buffer in memory can hold. Use TeacherDelivery.OnTheFly, or fewer rows.");
        }

        _rowCount = rowCount;
        _widths = widths;
        _numbers = [.. widths.Select(width => width == 0 || asHalf ? null : new float[rowCount * width])];
        _halves = [.. widths.Select(width => width == 0 || !asHalf ? null : new Half[rowCount * width])];
        _means = new float[]?[widths.Length];
        _scales = new float[]?[widths.Length];
        IsHalf = asHalf;
        _checksum = new Lazy<string>(ComputeChecksum);
    }

    public bool IsHalf { get; }

    /// <summary>The rows' fingerprints; null where there are none.</summary>
    public ulong[]? Fingerprints { get; private set; }

    public string Checksum => _checksum.Value;

    /// <summary>Of numbers without bounds, what is taken from them and what they are divided by before they are kept in 16 bits.</summary>
    public void SetScale(int task, float[] means, float[] scales) => (_means[task], _scales[task]) = (means, scales);

    /// <summary>Keeps the answers of some rows.</summary>
    public void Keep(AnswerChunk chunk)
    {
        if (chunk.Fingerprints is { } fingerprints)
        {
            Fingerprints ??= new ulong[_rowCount];
            fingerprints.AsSpan(0, chunk.Count).CopyTo(Fingerprints.AsSpan((int)chunk.FirstRow));
        }

        for (int task = 0; task < _widths.Length; task++)
        {
            int width = _widths[task];
            if (width == 0)
            {
                continue;
            }

            int start = (int)(chunk.FirstRow * width);
            ReadOnlySpan<float> values = chunk.Values[task].AsSpan(0, chunk.Count * width);
            if (_numbers[task] is { } numbers)
            {
                values.CopyTo(numbers.AsSpan(start));
                continue;
            }

            for (int i = 0; i < values.Length; i++)
            {
                Half kept = (Half)(_means[task] is { } means ? (values[i] - means[i % width]) / _scales[task]![i % width] : values[i]);
                _halves[task]![start + i] = Half.IsInfinity(kept)
                    ? throw new InvalidOperationException(FormattableString.Invariant($"The teacher's answer {values[i]} is too large for 16 bits. Raise the option MaximumStoredBytes to {_rowCount * _widths.Sum() * sizeof(float)}, so that answers are kept in 32."))
                    : kept;
            }
        }
    }

    public void Write(TabularData rows, ReadOnlySpan<long> chosen, ReadOnlySpan<float> features, IReadOnlyList<float[]?> values)
    {
        for (int task = 0; task < _widths.Length; task++)
        {
            if (_widths[task] == 0)
            {
                continue;
            }

            for (int i = 0; i < chosen.Length; i++)
            {
                Write(task, rows.GetSourceRow(chosen[i]), values[task].AsSpan(i * _widths[task], _widths[task]));
            }
        }
    }

    private void Write(int task, long row, Span<float> values)
    {
        int start = (int)(row * values.Length);
        if (_numbers[task] is { } numbers)
        {
            numbers.AsSpan(start, values.Length).CopyTo(values);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            float kept = (float)_halves[task]![start + i];
            values[i] = _means[task] is { } means ? (kept * _scales[task]![i]) + means[i] : kept;
        }
    }

    private string ComputeChecksum()
    {
        const int Piece = 1 << 24;
        var hash = new XxHash3();
        void Append<T>(T[]? values)
            where T : unmanaged
        {
            for (int start = 0; start < (values?.Length ?? 0); start += Piece)
            {
                hash.Append(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Piece, values!.Length - start))));
            }
        }

        Array.ForEach(_numbers, Append);
        Array.ForEach(_halves, Append);
        return Convert.ToHexString(hash.GetCurrentHash());
    }
}
