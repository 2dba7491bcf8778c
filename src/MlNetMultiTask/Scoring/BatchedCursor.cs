using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Scoring;

/// <summary>
/// A cursor that reads some rows ahead, scores them in one pass, and then serves them. It keeps what it passes
/// through, the rows' ids and batches as well. Where reading fails, the rows before are served first, as without reading
/// ahead; then MoveNext throws what the source threw, each time it is called.
/// </summary>
internal sealed class BatchedCursor : DataViewRowCursor
{
    private const int MaximumRows = 512;
    private const long MaximumBytes = 32_000_000;
    private const int Before = -1;

    private readonly SchemaBinding _binding;
    private readonly DataViewRowCursor _source;
    private readonly ActiveColumns _active;
    private readonly ColumnBuffer?[] _passed;
    private readonly ColumnBuffer[] _buffers;
    private readonly BatchScorer _scorer;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private readonly int _capacity;
    private int _count;
    private int _at = Before;
    private long _position = Before;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    public BatchedCursor(SchemaBinding binding, DataViewRowCursor source, DataViewSchema.Column[] columns)
    {
        _binding = binding;
        _source = source;
        _active = new ActiveColumns(binding.OutputSchema, columns);
        DataViewSchema.Column[] passed = [.. columns.Where(binding.IsInput).Select(column => binding.InputSchema[column.Index]).DistinctBy(column => column.Index)];
        long bytesPerRow = binding.BoundModel.BytesPerRow + passed.Sum(column => ColumnBuffer.EstimateBytes(column.Type));
        _capacity = (int)Math.Clamp(MaximumBytes / bytesPerRow, 1, MaximumRows);
        _passed = new ColumnBuffer?[binding.InputSchema.Count];
        foreach (DataViewSchema.Column column in passed)
        {
            _passed[column.Index] = ColumnBuffer.Create(source, column, _capacity);
        }

        _buffers = [.. _passed.OfType<ColumnBuffer>()];
        _scorer = binding.BoundModel.CreateScorer(source, _capacity, binding.GetActiveTasks(columns));
        _getId = source.GetIdGetter();
        _ids = new DataViewRowId[_capacity];
        _batches = new long[_capacity];
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _position;

    public override long Batch => _at >= 0 ? _batches[_at] : 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[GetRow()];

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.Require(column);
        Delegate getter = _binding.IsInput(column)
            ? _passed[column.Index]!.CreateGetter(GetRow)
            : _binding.CreateGetter(column, _scorer, GetRow);
        return ActiveColumns.Cast<TValue>(column, getter);
    }

    public override bool MoveNext()
    {
        if (_at + 1 < _count)
        {
            _at++;
            _position++;
            return true;
        }

        _at = Before;
        _count = 0;
        _failure?.Throw();
        int read = ReadAhead();
        if (read == 0)
        {
            _position = Before;
            _failure?.Throw();
            return false;
        }

        Score(read);
        _count = read;
        _at = 0;
        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended = true;
            _failure = null;
            _count = 0;
            _at = Before;
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads until the batch is full, its values need too much memory, or the source ends or fails; returns the number of rows.</summary>
    private int ReadAhead()
    {
        int read = 0;
        long bytes = 0;
        try
        {
            while (!_ended && read < _capacity && bytes < MaximumBytes)
            {
                if (_source.MoveNext())
                {
                    bytes += Keep(read);
                    read++;
                }
                else
                {
                    _ended = true;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        if (bytes >= MaximumBytes)
        {
            // Values of earlier batches, which nobody will read, would stay as long as batches are short.
            Array.ForEach(_buffers, buffer => buffer.ForgetPlacesFrom(read));
        }

        return read;
    }

    /// <summary>Keeps the current row at a place of the batch; returns what its values of no known size need, in bytes.</summary>
    private long Keep(int index)
    {
        _scorer.Collect(index);
        long bytes = 0;
        foreach (ColumnBuffer buffer in _buffers)
        {
            bytes += buffer.Keep(index);
        }

        _batches[index] = _source.Batch;
        _getId(ref _ids[index]);
        return bytes;
    }

    private void Score(int count)
    {
        try
        {
            _scorer.Score(count);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    private void Fail(Exception e)
    {
        _ended = true;
        _failure = ExceptionDispatchInfo.Capture(e);
    }

    private int GetRow() =>
        _at >= 0 ? _at : throw new InvalidOperationException("The cursor does not stand on a row: call MoveNext first, and read only while it returns true.");
}
