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

    private readonly Func<DataViewRow, Func<Finding>> _open;
    private readonly HashSet<long> _agreeing = [];
    private Func<Finding>? _check;

    private KeySource(DataViewSchema.Column label, DataViewSchema.Column source, Func<DataViewRow, Func<Finding>> open)
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
    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether no row speaks against it, and those with two different keys or more speak for it: those of one key may do so by chance.</summary>
    public bool IsFound => IsOpen && _agreeing.Count > 1;

    /// <summary>How many rows have a value and no key.</summary>
    public long UnknownCount { get; private set; }

    /// <summary>
    /// The columns that may be the source of a label's keys, by their types: they stand before it, and are not hidden, unless by the label itself. None where the label has no keys, or keys without values.
    /// </summary>
    public static IEnumerable<KeySource> GetCandidates(DataViewSchema schema, DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType || label.Annotations.Schema.GetColumnOrNull(OutputAnnotations.KeyValues)?.Type is not VectorDataViewType { ItemType: PrimitiveDataViewType values })
        {
            return [];
        }

        return schema
            .Where(column => column.Index < label.Index && (!column.IsHidden || column.Name == label.Name) && column.Type is not KeyDataViewType && column.Type.Equals(values))
            .Select(column => new KeySource(label, column, TypedCall.Invoke<Func<DataViewRow, Func<Finding>>>(_create, values.RawType, label, column)));
    }

    /// <summary>The same, as if no row had been looked at.</summary>
    public KeySource Restart() => new(Label, Source, _open);

    /// <summary>Takes the getters of a cursor.</summary>
    public void Open(DataViewRow row) => _check = _open(row);

    /// <summary>Looks at the row on which the cursor stands.</summary>
    public void Check()
    {
        if (!IsOpen)
        {
            return;
        }

        (bool isContradicted, long key, bool isUnknown) = _check!();
        IsOpen = !isContradicted;
        UnknownCount += isUnknown ? 1 : 0;
        if (key >= 0 && _agreeing.Count < 2)
        {
            _agreeing.Add(key);
        }
    }

    private static Func<DataViewRow, Func<Finding>> CreateCheck<T>(DataViewSchema.Column label, DataViewSchema.Column source)
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
                bool isContradicted = key >= 0 ? key >= names.Length || !comparer.Equals(names[key], value) : known.Contains(value);
                return new Finding(isContradicted, key, key < 0 && !UnmappedLabel.IsMissing(value));
            };
        };
    }

    /// <summary>What a row says.</summary>
    private readonly record struct Finding(bool IsContradicted, long Key, bool IsUnknown);

    /// <summary>Texts by their letters.</summary>
    private sealed class TextComparer : IEqualityComparer<ReadOnlyMemory<char>>
    {
        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<char> obj) => string.GetHashCode(obj.Span);
    }
}
