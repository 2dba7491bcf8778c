using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Data;

/// <summary>
/// A view of columns given as arrays of values of their raw types, which counts what is asked of it. In it, columns can have
/// every type that ML.NET knows, and values that its own loaders never give.
/// </summary>
internal sealed class TestColumns : IDataView
{
    private readonly List<(Array Values, Func<int, Func<int>, Delegate> GetGetter)> _columns = [];
    private readonly DataViewSchema.Builder _builder = new();
    private DataViewSchema? _schema;

    public DataViewSchema Schema => _schema ??= _builder.ToSchema();

    public bool CanShuffle => false;

    /// <summary>The columns that each cursor was opened with.</summary>
    public List<string[]> Cursors { get; } = [];

    /// <summary>How often any cursor stepped onto a row.</summary>
    public int RowsRead { get; private set; }

    /// <summary>Whether the view tells its number of rows.</summary>
    public bool KnowsRowCount { get; init; } = true;

    /// <summary>Is called at each row.</summary>
    public Action<int> OnRow { get; set; } = _ => { };

    public int RowCount => _columns[0].Values.Length;

    public TestColumns Add<T>(string name, DataViewType type, params T[] values) => Add<T>(name, type, (DataViewSchema.Annotations?)null, values);

    public TestColumns Add<T>(string name, DataViewType type, DataViewSchema.Annotations? annotations, params T[] values)
    {
        _builder.AddColumn(name, type, annotations);
        _columns.Add((values, (_, row) => typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? CopyingGetter((dynamic)values, row)
            : (ValueGetter<T>)((ref T value) => value = values[row()])));
        return this;
    }

    public long? GetRowCount() => KnowsRowCount ? RowCount : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        Cursors.Add([.. needed.Select(column => column.Name)]);
        return new Cursor(this, [.. needed.Select(column => column.Index)]);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Annotations with names of keys or slots, in their own type.</summary>
    public static DataViewSchema.Annotations Names<T>(string annotation, PrimitiveDataViewType type, params T[] names)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(annotation, new VectorDataViewType(type, names.Length), (ref VBuffer<T> value) => new VBuffer<T>(names.Length, [.. names]).CopyTo(ref value));
        return builder.ToAnnotations();
    }

    public static DataViewSchema.Annotations KeyValues(params string[] names) =>
        Names("KeyValues", TextDataViewType.Instance, [.. names.Select(name => name.AsMemory())]);

    public static DataViewSchema.Annotations SlotNames(params string[] names) =>
        Names("SlotNames", TextDataViewType.Instance, [.. names.Select(name => name.AsMemory())]);

    public static VBuffer<T> Dense<T>(params T[] values) => new(values.Length, values);

    private static ValueGetter<VBuffer<T>> CopyingGetter<T>(VBuffer<T>[] values, Func<int> row) =>
        (ref VBuffer<T> value) => values[row()].CopyTo(ref value);

    private sealed class Cursor(TestColumns view, int[] active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            if (_position + 1 >= view.RowCount)
            {
                return false;
            }

            _position++;
            view.RowsRead++;
            view.OnRow((int)_position);
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            IsColumnActive(column)
                ? (ValueGetter<TValue>)view._columns[column.Index].GetGetter(column.Index, () => (int)_position)
                : throw new InvalidOperationException($"Column '{column.Name}' was not asked for.");

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);
    }
}
