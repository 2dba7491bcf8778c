using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Labels that have no key although the column of which keys were made has a value; where the keys took its name (<c>MapValueToKey("Species")</c>), it is hidden and
/// still there.
/// </summary>
internal static class UnmappedLabel
{
    private static readonly MethodInfo _countScalar = Method(nameof(CountScalar));
    private static readonly MethodInfo _countVector = Method(nameof(CountVector));

    /// <summary>The hidden column of values for a label column of keys; null where there is none, or it tells nothing.</summary>
    public static DataViewSchema.Column? FindHidden(DataViewSchema schema, DataViewSchema.Column label)
    {
        for (int i = label.Index - 1; i >= 0; i--)
        {
            if (schema[i].Name == label.Name)
            {
                return Item(schema[i].Type) is PrimitiveDataViewType and not KeyDataViewType && Item(label.Type) is KeyDataViewType
                    && schema[i].Type is VectorDataViewType == label.Type is VectorDataViewType
                    ? schema[i]
                    : null;
            }
        }

        return null;
    }

    /// <summary>Counts the values in the current row: texts that are not empty, numbers that are not NaN, or anything else.</summary>
    public static Func<int> CreateCounter(DataViewRow row, DataViewSchema.Column column) =>
        TypedCall.Invoke<Func<int>>(column.Type is VectorDataViewType ? _countVector : _countScalar, Item(column.Type).RawType, row, column);

    private static MethodInfo Method(string name) => typeof(UnmappedLabel).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static DataViewType Item(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    private static Func<int> CountScalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return IsMissing(value) ? 0 : 1;
        };
    }

    private static Func<int> CountVector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            int count = 0;
            foreach (T value in buffer.GetValues())
            {
                count += IsMissing(value) ? 0 : 1;
            }

            return count;
        };
    }

    public static bool IsMissing<T>(T value) => value switch
    {
        ReadOnlyMemory<char> text => text.IsEmpty,
        float number => float.IsNaN(number),
        double number => double.IsNaN(number),
        _ => false,
    };
}
