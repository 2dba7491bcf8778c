using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// The column of which the keys of a label were made, where they took its name (<c>MapValueToKey("Species")</c>): it is hidden and
/// still there. ML.NET gives key 0 to a value that the mapping has not learned as well as to a missing one; this column tells them apart.
/// </summary>
internal static class UnmappedLabel
{
    /// <summary>The hidden column; null where there is none, or it tells nothing.</summary>
    public static DataViewSchema.Column? Find(DataViewSchema schema, DataViewSchema.Column label)
    {
        for (int i = label.Index - 1; i >= 0; i--)
        {
            if (schema[i].Name == label.Name)
            {
                return schema[i].Type is PrimitiveDataViewType and not KeyDataViewType ? schema[i] : null;
            }
        }

        return null;
    }

    /// <summary>Tells whether the column has a value in the current row: text that is not empty, a number that is not NaN, or anything else.</summary>
    public static Func<bool> CreateGetter(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => Getter<ReadOnlyMemory<char>>(row, column, value => !value.IsEmpty),
        NumberDataViewType { RawType: var type } when type == typeof(float) => Getter<float>(row, column, value => !float.IsNaN(value)),
        NumberDataViewType { RawType: var type } when type == typeof(double) => Getter<double>(row, column, value => !double.IsNaN(value)),
        _ => () => true,
    };

    private static Func<bool> Getter<T>(DataViewRow row, DataViewSchema.Column column, Func<T, bool> hasValue)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return hasValue(value);
        };
    }
}
