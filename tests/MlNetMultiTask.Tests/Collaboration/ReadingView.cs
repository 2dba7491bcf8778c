using Microsoft.ML;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>A view whose every pass reads another view of the same schema.</summary>
internal sealed class ReadingView(IDataView first, Func<IDataView> next) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => first.Schema;

    public long? GetRowCount() => first.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        IDataView view = next();
        return view.GetRowCursor(columnsNeeded.Select(column => view.Schema[column.Index]), rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
