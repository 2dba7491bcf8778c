using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Data;

/// <summary>Reads a column that says which rows belong together: of a Boolean column 0 and 1, of any other the number of the group of rows that have the same value.</summary>
internal static class RowTags
{
    private static readonly MethodInfo _groups = typeof(RowTags).GetMethod(nameof(GroupsOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static Func<int> CreateGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> getText = row.GetGetter<ReadOnlyMemory<char>>(column);
            return Number<ReadOnlyMemory<char>, string>(getText, text => text.ToString());
        }

        return TypedCall.Invoke<Func<int>>(_groups, column.Type.RawType, row, column);
    }

    private static Func<int> GroupsOf<T>(DataViewRow row, DataViewSchema.Column column)
        where T : notnull
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        if (getter is ValueGetter<bool> getFlag)
        {
            return () =>
            {
                bool flag = false;
                getFlag(ref flag);
                return flag ? 1 : 0;
            };
        }

        return Number<T, T>(getter, value => value);
    }

    private static Func<int> Number<T, TKey>(ValueGetter<T> getter, Func<T, TKey> toKey)
        where TKey : notnull
    {
        var groups = new Dictionary<TKey, int>();
        return () =>
        {
            T value = default!;
            getter(ref value);
            TKey key = toKey(value);
            if (!groups.TryGetValue(key, out int number))
            {
                number = groups.Count;
                groups.Add(key, number);
            }

            return number;
        };
    }
}
