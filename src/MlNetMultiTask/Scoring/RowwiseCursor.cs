using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Scoring;

/// <summary>
/// A cursor that scores a row at a time, or none at all: for rows that can't be read ahead because a column that is
/// passed through can't be copied (images), and for cursors that ask for no score.
/// </summary>
internal sealed class RowwiseCursor(SchemaBinding binding, DataViewRowCursor source, DataViewSchema.Column[] columns) : DataViewRowCursor
{
    private readonly ScoredRow _row = new(binding, source, columns);

    public override DataViewSchema Schema => _row.Schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

    public override bool MoveNext() => source.MoveNext();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _row.Dispose();
        }

        base.Dispose(disposing);
    }
}
