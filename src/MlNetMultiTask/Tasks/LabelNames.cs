using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// The names of classes or labels in the type that the label column gave them: text, numbers, dates, ...
/// As text, they are in invariant notation; names are compared by this text.
/// </summary>
internal sealed class LabelNames
{
    private static readonly MethodInfo _read = Method(nameof(ReadTyped));
    private static readonly MethodInfo _add = Method(nameof(AddTyped));
    private static readonly MethodInfo _parse = Method(nameof(ParseTyped));

    private static readonly Dictionary<string, PrimitiveDataViewType> _types = new PrimitiveDataViewType[]
    {
        TextDataViewType.Instance, BooleanDataViewType.Instance,
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16,
        NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double,
        DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance, TimeSpanDataViewType.Instance,
    }.ToDictionary(type => type == TextDataViewType.Instance ? "Text" : type.RawType.Name);

    private readonly Array _values;

    private LabelNames(PrimitiveDataViewType type, Array values, string[] texts)
    {
        Type = type;
        _values = values;
        Texts = texts;
    }

    /// <summary>The type of the names.</summary>
    public PrimitiveDataViewType Type { get; }

    /// <summary>The type's name in model files.</summary>
    public string TypeName => _types.Single(pair => pair.Value == Type).Key;

    /// <summary>The names in invariant notation.</summary>
    public IReadOnlyList<string> Texts { get; }

    public int Count => Texts.Count;

    /// <summary>Reads the names in a column's annotation; null where there is none.</summary>
    /// <exception cref="NotSupportedException">The names are of a type that is neither text, number, Boolean nor time.</exception>
    public static LabelNames? Read(DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is not VectorDataViewType { Size: > 0 } vector)
        {
            return null;
        }

        return vector.ItemType is PrimitiveDataViewType item && _types.ContainsValue(item)
            ? TypedCall.Invoke<LabelNames>(_read, item.RawType, column, annotation, item)
            : throw new NotSupportedException($"Column '{column.Name}' has {annotation} of type {vector.ItemType}; text, numbers, Boolean and times are supported.");
    }

    /// <summary>Rebuilds names from their texts, as a model file holds them.</summary>
    /// <exception cref="FormatException">The type is unknown, or a text is not a value of it.</exception>
    public static LabelNames Parse(string typeName, IReadOnlyList<string> texts)
    {
        return _types.TryGetValue(typeName, out PrimitiveDataViewType? type)
            ? TypedCall.Invoke<LabelNames>(_parse, type.RawType, type, texts)
            : throw new FormatException($"'{typeName}' is no type of class names.");
    }

    /// <summary>The index of a name among these, or -1.</summary>
    public int IndexOf(string text)
    {
        for (int i = 0; i < Texts.Count; i++)
        {
            if (string.Equals(Texts[i], text, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>For each of these names its index among the others; -1 where the others lack it.</summary>
    public int[] MapTo(LabelNames others)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < others.Count; i++)
        {
            index.TryAdd(others.Texts[i], i);
        }

        return [.. Texts.Select(text => index.GetValueOrDefault(text, -1))];
    }

    /// <summary>Adds the names in their own type as an annotation.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder builder, string annotation) =>
        TypedCall.Invoke<object?>(_add, Type.RawType, builder, annotation, Type, _values);

    /// <summary>Adds the names as text: slot names must be text.</summary>
    public void AddTextsTo(DataViewSchema.Annotations.Builder builder, string annotation) =>
        AddTyped(builder, annotation, TextDataViewType.Instance, Texts.Select(text => text.AsMemory()).ToArray());

    private static MethodInfo Method(string name) =>
        typeof(LabelNames).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static LabelNames ReadTyped<T>(DataViewSchema.Column column, string annotation, PrimitiveDataViewType type)
    {
        VBuffer<T> buffer = default;
        column.Annotations.GetValue(annotation, ref buffer);
        T[] values = [.. buffer.DenseValues()];
        string[] texts = [.. values.Select(value => ToText(value!))];
        int broken = Array.FindIndex(texts, text => !IsValidUnicode(text));
        return broken < 0
            ? new LabelNames(type, values, texts)
            : throw new NotSupportedException($"Column '{column.Name}' has a name in its {annotation} (number {broken}, counted from 0) that is not valid Unicode text: half of a surrogate pair, which no file can keep. Correct the data.");
    }

    private static bool IsValidUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    private static void AddTyped<T>(DataViewSchema.Annotations.Builder builder, string annotation, PrimitiveDataViewType type, T[] values)
    {
        var names = new VBuffer<T>(values.Length, values);
        builder.Add<VBuffer<T>>(annotation, new VectorDataViewType(type, values.Length), (ref VBuffer<T> destination) => names.CopyTo(ref destination));
    }

    private static LabelNames ParseTyped<T>(PrimitiveDataViewType type, IReadOnlyList<string> texts) =>
        new(type, texts.Select(text => ParseText<T>(type, text)).ToArray(), [.. texts]);

    private static T ParseText<T>(PrimitiveDataViewType type, string text)
    {
        try
        {
            return (T)FromText(typeof(T), text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException)
        {
            throw new FormatException($"The class name '{text}' is not a valid {type}.");
        }
    }

    private static string ToText(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static object FromText(Type type, string text) =>
        type == typeof(ReadOnlyMemory<char>) ? text.AsMemory()
        : type == typeof(DateTime) ? DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
        : type == typeof(DateTimeOffset) ? DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
        : type == typeof(TimeSpan) ? TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture)
        : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
}
