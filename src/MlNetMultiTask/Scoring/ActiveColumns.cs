using Microsoft.ML;

namespace MlNetMultiTask.Scoring;

/// <summary>Which columns of a schema a cursor was opened for, and ML.NET's rules of asking for them.</summary>
internal sealed class ActiveColumns
{
    private readonly bool[] _active;

    public ActiveColumns(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        _active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            _active[column.Index] = true;
        }
    }

    public bool Contains(DataViewSchema.Column column) =>
        column.Index < _active.Length && _active[column.Index];

    public void Require(DataViewSchema.Column column)
    {
        if (!Contains(column))
        {
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was opened.");
        }
    }

    public static ValueGetter<TValue> Cast<TValue>(DataViewSchema.Column column, Delegate getter) =>
        getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type} and can't be read as {typeof(TValue)}; it is read as {column.Type.RawType}.");
}
