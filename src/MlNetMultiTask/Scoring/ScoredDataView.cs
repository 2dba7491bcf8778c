using Microsoft.ML;

namespace MlNetMultiTask.Scoring;

/// <summary>A view that adds predictions to another; rows are scored in batches as cursors pass.</summary>
internal sealed class ScoredDataView(SchemaBinding binding, IDataView source) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        binding.Model.ThrowIfDisposed();
        return Wrap(source.GetRowCursor(binding.GetDependencies(columns), rand), columns);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        binding.Model.ThrowIfDisposed();
        DataViewRowCursor[] cursors = source.GetRowCursorSet(binding.GetDependencies(columns), n, rand);
        try
        {
            return [.. cursors.Select(cursor => Wrap(cursor, columns))];
        }
        catch
        {
            // A set is wanted whole: those that were opened, wrapped or not yet, have no other owner.
            Array.ForEach(cursors, cursor => cursor.Dispose());
            throw;
        }
    }

    private DataViewRowCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] columns)
    {
        try
        {
            bool scores = columns.Any(column => !binding.IsInput(column));
            bool bufferable = columns.All(column => !binding.IsInput(column) || ColumnBuffer.CanBuffer(column.Type));
            return scores && bufferable ? new BatchedCursor(binding, cursor, columns) : new RowwiseCursor(binding, cursor, columns);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }
}
