using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Scoring;

/// <summary>
/// A cursor that reads some rows ahead, scores them in one pass, and then serves them. It keeps what it passes
/// through, the rows' ids and batches as well.
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
    private readonly BatchScorer _scorer;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private readonly int _capacity;
    private int _count;
    private int _at = Before;
    private long _position = Before;
    private bool _ended;

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
        ReadAhead();
        if (_count == 0)
        {
            _position = Before;
            return false;
        }

        _scorer.Score(_count);
        _at = 0;
        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended = true;
            _count = 0;
            _at = Before;
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadAhead()
    {
        int read = 0;
        while (!_ended && read < _capacity)
        {
            if (!_source.MoveNext())
            {
                _ended = true;
                break;
            }

            _scorer.Collect(read);
            foreach (ColumnBuffer? column in _passed)
            {
                column?.Keep(read);
            }

            _batches[read] = _source.Batch;
            _getId(ref _ids[read]);
            read++;
        }

        _count = read;
    }

    private int GetRow() =>
        _at >= 0 ? _at : throw new InvalidOperationException("The cursor does not stand on a row: call MoveNext first, and read only while it returns true.");
}
