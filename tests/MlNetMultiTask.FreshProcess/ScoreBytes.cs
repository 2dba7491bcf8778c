using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.FreshProcess;

/// <summary>The values of columns as bytes, row by row: equal bytes mean equal values, bit by bit.</summary>
internal static class ScoreBytes
{
    /// <summary>The columns that a transformer added.</summary>
    public static byte[] OfAddedColumns(IDataView input, IDataView output) =>
        Of(output, [.. output.Schema.Where(column => !column.IsHidden && column.Index >= input.Schema.Count)]);

    public static byte[] Of(IDataView view, params string[] columns) => Of(view, [.. columns.Select(name => view.Schema[name])]);

    private static byte[] Of(IDataView view, DataViewSchema.Column[] columns)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        Action[] parts = [.. columns.Select(column => Writer(cursor, column, writer))];
        while (cursor.MoveNext())
        {
            Array.ForEach(parts, part => part());
        }

        return stream.ToArray();
    }

    private static Action Writer(DataViewRow row, DataViewSchema.Column column, BinaryWriter writer)
    {
        Type type = column.Type.RawType;
        return type == typeof(float) ? Scalar<float>(row, column, writer.Write)
            : type == typeof(bool) ? Scalar<bool>(row, column, writer.Write)
            : type == typeof(byte) ? Scalar<byte>(row, column, writer.Write)
            : type == typeof(uint) ? Scalar<uint>(row, column, writer.Write)
            : type == typeof(int) ? Scalar<int>(row, column, writer.Write)
            : type == typeof(long) ? Scalar<long>(row, column, writer.Write)
            : type == typeof(DateTime) ? Scalar<DateTime>(row, column, value => writer.Write(value.Ticks))
            : type == typeof(ReadOnlyMemory<char>) ? Scalar<ReadOnlyMemory<char>>(row, column, value => writer.Write(value.ToString()))
            : type == typeof(VBuffer<float>) ? Vector<float>(row, column, writer, writer.Write)
            : type == typeof(VBuffer<bool>) ? Vector<bool>(row, column, writer, writer.Write)
            : type == typeof(VBuffer<uint>) ? Vector<uint>(row, column, writer, writer.Write)
            : throw new NotSupportedException($"Column '{column.Name}' is {column.Type}.");
    }

    private static Action Scalar<T>(DataViewRow row, DataViewSchema.Column column, Action<T> write)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            write(value);
        };
    }

    private static Action Vector<T>(DataViewRow row, DataViewSchema.Column column, BinaryWriter writer, Action<T> write)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            writer.Write(buffer.Length);
            foreach (T value in buffer.DenseValues())
            {
                write(value);
            }
        };
    }
}
