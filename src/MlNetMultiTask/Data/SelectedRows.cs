using Microsoft.ML;

namespace MlNetMultiTask.Data;

/// <summary>Some of the rows of a view, by their places in its order. Rows beyond those that are told of are not among them.</summary>
/// <param name="source">The view; it gives its rows in the same order each time.</param>
/// <param name="isSelected">Whether the row at a place is one of them.</param>
internal sealed class SelectedRows(IDataView source, Func<long, bool> isSelected) : IDataView
{
    /// <summary>In another order, places would mean other rows.</summary>
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new SelectedRowsCursor(source.GetRowCursor(columnsNeeded), isSelected);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
}
