using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>A view over another that fails where it is told to, and counts what is done with its cursors.</summary>
internal sealed class FaultyView(IDataView inner) : IDataView
{
    private int _opened;
    private int _disposed;
    private int _rowsRead;
    private int _callsAfterTheEnd;

    /// <summary>What it throws.</summary>
    public Exception Fault { get; init; } = new InvalidDataException("the disk is broken");

    /// <summary>The row at which MoveNext throws; or the getter of <see cref="Column"/>, if there is one.</summary>
    public int? Row { get; init; }

    /// <summary>The column whose getter throws at <see cref="Row"/>; without a row, asking for the getter does.</summary>
    public string? Column { get; init; }

    /// <summary>Whether the getter of ids is the one that throws.</summary>
    public bool InIds { get; init; }

    /// <summary>Of a set of cursors, the one for which asking for a getter throws; any if null.</summary>
    public int? Cursor { get; init; }

    /// <summary>Whether opening a cursor throws.</summary>
    public bool InOpening { get; init; }

    /// <summary>Called as a row is reached.</summary>
    public Action<long> OnRow { get; init; } = _ => { };

    public int Opened => _opened;

    /// <summary>How many cursors are open still.</summary>
    public int Open => _opened - _disposed;

    public int RowsRead => _rowsRead;

    /// <summary>How often MoveNext was called on a cursor that had failed, ended or been disposed.</summary>
    public int CallsAfterTheEnd => _callsAfterTheEnd;

    public bool CanShuffle => inner.CanShuffle;

    public DataViewSchema Schema => inner.Schema;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        InOpening ? throw Fault : new FaultyCursor(this, inner.GetRowCursor(columnsNeeded, rand), 0);

    /// <summary>As many cursors as wanted, whatever the inner view would give: the first has the rows, the others none.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return InOpening ? throw Fault : [.. Enumerable.Range(0, n).Select(i => new FaultyCursor(this, inner.GetRowCursor(columns, rand), i))];
    }

    private sealed class FaultyCursor : DataViewRowCursor
    {
        private readonly FaultyView _view;
        private readonly DataViewRowCursor _inner;
        private readonly int _number;
        private bool _over;
        private bool _failed;
        private bool _isDisposed;

        public FaultyCursor(FaultyView view, DataViewRowCursor inner, int number)
        {
            (_view, _inner, _number, _over) = (view, inner, number, number > 0);
            Interlocked.Increment(ref view._opened);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _inner.Position;

        public override long Batch => _inner.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter()
        {
            ValueGetter<DataViewRowId> getter = _inner.GetIdGetter();
            return (ref DataViewRowId value) =>
            {
                FailIf(_view.InIds && _inner.Position == _view.Row);
                getter(ref value);
            };
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _inner.IsColumnActive(_inner.Schema[column.Index]);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            bool faulty = column.Name == _view.Column;
            FailIf(faulty && _view.Row is null && (_view.Cursor ?? _number) == _number);
            ValueGetter<TValue> getter = _inner.GetGetter<TValue>(_inner.Schema[column.Index]);
            return (ref TValue value) =>
            {
                FailIf(faulty && _inner.Position == _view.Row);
                getter(ref value);
            };
        }

        public override bool MoveNext()
        {
            if (_failed || (_over && _number == 0))
            {
                Interlocked.Increment(ref _view._callsAfterTheEnd);
            }

            _over = _over || !_inner.MoveNext();
            FailIf(!_over && _view.Column is null && !_view.InIds && _inner.Position == _view.Row);
            if (!_over)
            {
                Interlocked.Increment(ref _view._rowsRead);
                _view.OnRow(_inner.Position);
            }

            return !_over;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = _over = true;
                Interlocked.Increment(ref _view._disposed);
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private void FailIf(bool condition)
        {
            if (condition)
            {
                _failed = true;
                throw _view.Fault;
            }
        }
    }
}
