using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Scoring;

/// <summary>Keeps the values of a column that is passed through, for the rows that a cursor has read ahead.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>What a value of unknown size is taken to need: text, and vectors without a size.</summary>
    private const long UnknownSize = 256;

    private static readonly MethodInfo _createScalar = Method(nameof(CreateScalar));
    private static readonly MethodInfo _createVector = Method(nameof(CreateVector));

    /// <summary>Whether values of the type can be copied and kept. Images can't: they are owned by their source.</summary>
    public static bool CanBuffer(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType { ItemType: PrimitiveDataViewType };

    /// <summary>About what a kept value needs, in bytes.</summary>
    public static long EstimateBytes(DataViewType type) => type switch
    {
        TextDataViewType => UnknownSize,
        VectorDataViewType { IsKnownSize: false } => UnknownSize,
        VectorDataViewType vector => vector.Size * (vector.ItemType is TextDataViewType ? UnknownSize : sizeof(double)),
        _ => sizeof(double),
    };

    public static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        (ColumnBuffer)(column.Type is VectorDataViewType vector ? _createVector.MakeGenericMethod(vector.ItemType.RawType) : _createScalar.MakeGenericMethod(column.Type.RawType))
            .Invoke(null, [row, column, capacity])!;

    /// <summary>Copies the current row's value into the given place.</summary>
    public abstract void Keep(int index);

    /// <summary>A getter of the kept values; <paramref name="row"/> tells the place.</summary>
    public abstract Delegate CreateGetter(Func<int> row);

    private static MethodInfo Method(string name) =>
        typeof(ColumnBuffer).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ColumnBuffer CreateScalar<T>(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        typeof(T) == typeof(ReadOnlyMemory<char>)
            ? new TextBuffer(row.GetGetter<ReadOnlyMemory<char>>(column), capacity)
            : new ScalarBuffer<T>(row.GetGetter<T>(column), capacity);

    private static ColumnBuffer CreateVector<T>(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        new VectorBuffer<T>(row.GetGetter<VBuffer<T>>(column), capacity);

    private sealed class ScalarBuffer<T>(ValueGetter<T> source, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];

        public override void Keep(int index) => source(ref _values[index]);

        public override Delegate CreateGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = _values[row()]);
    }

    /// <summary>Text is memory of the source, which may reuse it for the next row: it is copied.</summary>
    private sealed class TextBuffer(ValueGetter<ReadOnlyMemory<char>> source, int capacity) : ColumnBuffer
    {
        private readonly ReadOnlyMemory<char>[] _values = new ReadOnlyMemory<char>[capacity];
        private ReadOnlyMemory<char> _value;

        public override void Keep(int index)
        {
            source(ref _value);
            _values[index] = _value.ToArray();
        }

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _values[row()]);
    }

    private sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> source, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

        public override void Keep(int index)
        {
            source(ref _values[index]);
            if (typeof(T) == typeof(ReadOnlyMemory<char>))
            {
                CopyTexts(ref _values[index]);
            }
        }

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[row()].CopyTo(ref value));

        private static void CopyTexts(ref VBuffer<T> buffer)
        {
            VBufferEditor<T> editor = VBufferEditor.CreateFromBuffer(ref buffer);
            Span<T> values = editor.Values;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (T)(object)(ReadOnlyMemory<char>)((ReadOnlyMemory<char>)(object)values[i]!).ToArray();
            }

            buffer = editor.Commit();
        }
    }
}
