using Microsoft.ML;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A view that notes which columns are asked of it.</summary>
internal sealed class WatchedView(IDataView inner) : IDataView
{
    public List<string[]> Requests { get; } = [];

    public bool CanShuffle => inner.CanShuffle;

    public DataViewSchema Schema => inner.Schema;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => inner.GetRowCursor(Note(columnsNeeded), rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        inner.GetRowCursorSet(Note(columnsNeeded), n, rand);

    private DataViewSchema.Column[] Note(IEnumerable<DataViewSchema.Column> columns)
    {
        DataViewSchema.Column[] wanted = [.. columns];
        Requests.Add([.. wanted.Select(column => column.Name)]);
        return wanted;
    }
}
