using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Data;

/// <summary>Passes over some of the rows of a cursor, by their places.</summary>
internal sealed class SelectedRowsCursor(DataViewRowCursor source, Func<long, bool> isSelected) : DataViewRowCursor
{
    private long _place = -1;
    private long _position = -1;

    public override DataViewSchema Schema => source.Schema;

    public override long Position => _position;

    public override long Batch => source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

    public override bool MoveNext()
    {
        while (source.MoveNext())
        {
            if (isSelected(++_place))
            {
                _position++;
                return true;
            }
        }

        _position = -1;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
