using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// Whether a column may be the one of which the keys of a label were made. In each row with a key it has the key's value, and in each without a key no value that has a key: else the label was taken away, and not unknown.
/// </summary>
internal sealed class KeySource
{
    private static readonly MethodInfo _create = typeof(KeySource).GetMethod(nameof(CreateCheck), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Func<DataViewRow, Func<bool?>> _open;
    private Func<bool?>? _check;
    private bool _isContradicted;
    private bool _isFound;

    private KeySource(DataViewSchema.Column label, DataViewSchema.Column source, Func<DataViewRow, Func<bool?>> open)
    {
        Label = label;
        Source = source;
        _open = open;
    }

    /// <summary>The column of keys.</summary>
    public DataViewSchema.Column Label { get; }

    /// <summary>The column of which they may have been made.</summary>
    public DataViewSchema.Column Source { get; }

    /// <summary>Whether no row speaks against it so far.</summary>
    public bool IsOpen => !_isContradicted;

    /// <summary>Whether rows speak for it, and none against it.</summary>
    public bool IsFound => _isFound && !_isContradicted;

    /// <summary>The columns that may be the source of a label's keys, by their types; none where the label has no keys, or keys without values.</summary>
    public static IEnumerable<KeySource> GetCandidates(DataViewSchema schema, DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType || label.Annotations.Schema.GetColumnOrNull(OutputAnnotations.KeyValues)?.Type is not VectorDataViewType { ItemType: PrimitiveDataViewType values })
        {
            return [];
        }

        return schema
            .Where(column => !column.IsHidden && column.Index != label.Index && column.Type is not KeyDataViewType && column.Type.Equals(values))
            .Select(column => new KeySource(label, column, TypedCall.Invoke<Func<DataViewRow, Func<bool?>>>(_create, values.RawType, label, column)));
    }

    /// <summary>Takes the getters of a cursor.</summary>
    public void Open(DataViewRow row) => _check = _open(row);

    /// <summary>Looks at the row on which the cursor stands.</summary>
    public void Check()
    {
        bool? verdict = _isContradicted ? null : _check!();
        _isContradicted |= verdict == false;
        _isFound |= verdict == true;
    }

    /// <summary>Per row whether it speaks for the column or against it; null for neither.</summary>
    private static Func<DataViewRow, Func<bool?>> CreateCheck<T>(DataViewSchema.Column label, DataViewSchema.Column source)
    {
        VBuffer<T> values = default;
        label.Annotations.GetValue(OutputAnnotations.KeyValues, ref values);
        T[] names = [.. values.DenseValues()];
        IEqualityComparer<T> comparer = typeof(T) == typeof(ReadOnlyMemory<char>) ? (IEqualityComparer<T>)(object)new TextComparer() : EqualityComparer<T>.Default;
        var known = new HashSet<T>(names, comparer);
        return row =>
        {
            Func<long> getKey = LabelNumbers.ReadKey(row, label);
            ValueGetter<T> getValue = row.GetGetter<T>(source);
            T value = default!;
            return () =>
            {
                long key = getKey();
                getValue(ref value);
                return key >= 0 ? key < names.Length && comparer.Equals(names[key], value)
                    : known.Contains(value) ? false
                    : null;
            };
        };
    }

    /// <summary>Texts by their letters.</summary>
    private sealed class TextComparer : IEqualityComparer<ReadOnlyMemory<char>>
    {
        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<char> obj) => string.GetHashCode(obj.Span);
    }
}
