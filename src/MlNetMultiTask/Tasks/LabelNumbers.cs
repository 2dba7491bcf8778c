using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>Reads label columns of the types that tasks accept as numbers.</summary>
internal static class LabelNumbers
{
    private static readonly MethodInfo _key = typeof(LabelNumbers).GetMethod(nameof(ReadKeyAs), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo _keys = typeof(LabelNumbers).GetMethod(nameof(ReadKeysAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Reads a key as its index from 0; -1 for key 0, the missing value.</summary>
    public static Func<long> ReadKey(DataViewRow row, DataViewSchema.Column column) =>
        TypedCall.Invoke<Func<long>>(_key, column.Type.RawType, row, column);

    /// <summary>Reads a vector of keys as the indices from 0 that it holds; key 0 is left out.</summary>
    public static Func<List<long>> ReadKeys(DataViewRow row, DataViewSchema.Column column) =>
        TypedCall.Invoke<Func<List<long>>>(_keys, ((VectorDataViewType)column.Type).ItemType.RawType, row, column);

    /// <summary>Reads a Boolean or Single, scalar or vector, into a span.</summary>
    public static LabelGetter ReadNumbers(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        BooleanDataViewType => Scalar(row.GetGetter<bool>(column), value => value ? 1f : 0f),
        NumberDataViewType => Scalar(row.GetGetter<float>(column), value => value),
        VectorDataViewType { ItemType: BooleanDataViewType } => Vector(row.GetGetter<VBuffer<bool>>(column), value => value ? 1f : 0f),
        _ => Vector(row.GetGetter<VBuffer<float>>(column), value => value),
    };

    private static LabelGetter Scalar<T>(ValueGetter<T> getter, Func<T, float> convert) => destination =>
    {
        T value = default!;
        getter(ref value);
        destination[0] = convert(value);
    };

    private static LabelGetter Vector<T>(ValueGetter<VBuffer<T>> getter, Func<T, float> convert)
    {
        VBuffer<T> buffer = default;
        return destination =>
        {
            getter(ref buffer);
            if (buffer.Length != destination.Length)
            {
                throw new InvalidOperationException($"A label vector has {buffer.Length} slots, and its column's type says {destination.Length}.");
            }

            destination.Clear();
            foreach (KeyValuePair<int, T> item in buffer.Items())
            {
                destination[item.Key] = convert(item.Value);
            }
        };
    }

    private static Func<long> ReadKeyAs<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, IConvertible
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return value.ToInt64(null) - 1;
        };
    }

    private static Func<List<long>> ReadKeysAs<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, IConvertible
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        var indices = new List<long>();
        return () =>
        {
            getter(ref buffer);
            indices.Clear();
            foreach (T value in buffer.GetValues())
            {
                if (value.ToInt64(null) is > 0 and long key)
                {
                    indices.Add(key - 1);
                }
            }

            return indices;
        };
    }
}
