using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Scoring;

/// <summary>Keeps the values of a column that is passed through, for the rows that a cursor has read ahead.</summary>
internal abstract class ColumnBuffer
{
    private const int LargestScalar = 16;

    private static readonly MethodInfo _createScalar = Method(nameof(CreateScalar));
    private static readonly MethodInfo _createVector = Method(nameof(CreateVector));

    /// <summary>Whether values of the type can be copied and kept. Images can't: they are owned by their source.</summary>
    public static bool CanBuffer(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType { ItemType: PrimitiveDataViewType };

    /// <summary>What a kept value needs, in bytes. Text, and vectors of no known size, are measured as they come: see <see cref="Keep"/>.</summary>
    public static long EstimateBytes(DataViewType type) =>
        type is VectorDataViewType { IsKnownSize: true } vector ? (long)vector.Size * LargestScalar : LargestScalar;

    public static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        column.Type is VectorDataViewType vector
            ? TypedCall.Invoke<ColumnBuffer>(_createVector, vector.ItemType.RawType, row, column, capacity)
            : TypedCall.Invoke<ColumnBuffer>(_createScalar, column.Type.RawType, row, column, capacity);

    /// <summary>Copies the current row's value into the given place.</summary>
    /// <returns>The bytes that the value needs beyond <see cref="EstimateBytes"/>.</returns>
    public abstract long Keep(int index);

    /// <summary>Gives back the memory of the values from a place on.</summary>
    public abstract void ForgetPlacesFrom(int index);

    /// <summary>A getter of the kept values; <paramref name="row"/> tells the place.</summary>
    public abstract Delegate CreateGetter(Func<int> row);

    private static MethodInfo Method(string name) =>
        typeof(ColumnBuffer).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ColumnBuffer CreateScalar<T>(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        typeof(T) == typeof(ReadOnlyMemory<char>)
            ? new TextBuffer(row.GetGetter<ReadOnlyMemory<char>>(column), capacity)
            : new ScalarBuffer<T>(row.GetGetter<T>(column), capacity);

    private static ColumnBuffer CreateVector<T>(DataViewRow row, DataViewSchema.Column column, int capacity) =>
        new VectorBuffer<T>(row.GetGetter<VBuffer<T>>(column), capacity, ((VectorDataViewType)column.Type).IsKnownSize);

    private sealed class ScalarBuffer<T>(ValueGetter<T> source, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];

        public override long Keep(int index)
        {
            source(ref _values[index]);
            return 0;
        }

        public override void ForgetPlacesFrom(int index)
        {
            // Values of one size need their places anyway.
        }

        public override Delegate CreateGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = _values[row()]);
    }

    /// <summary>Text is memory of the source, which may reuse it for the next row: it is copied.</summary>
    private sealed class TextBuffer(ValueGetter<ReadOnlyMemory<char>> source, int capacity) : ColumnBuffer
    {
        private readonly ReadOnlyMemory<char>[] _values = new ReadOnlyMemory<char>[capacity];
        private ReadOnlyMemory<char> _value;

        public override long Keep(int index)
        {
            source(ref _value);
            _values[index] = _value.ToArray();
            return sizeof(char) * (long)_value.Length;
        }

        public override void ForgetPlacesFrom(int index) => Array.Clear(_values, index, _values.Length - index);

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _values[row()]);
    }

    /// <summary>
    /// A source may hand out memory of its own, and the same for each row: values are copied out of what it gives into memory that
    /// nobody else has.
    /// </summary>
    private sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> source, int capacity, bool isKnownSize) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];
        private VBuffer<T> _value;

        public override long Keep(int index)
        {
            source(ref _value);
            if (!isKnownSize)
            {
                // A place that a large value has grown would stay large.
                _values[index] = default;
            }

            _value.CopyTo(ref _values[index]);
            long bytes = isKnownSize ? 0 : (long)_value.GetValues().Length * LargestScalar;
            return typeof(T) == typeof(ReadOnlyMemory<char>) ? bytes + CopyTexts(ref _values[index]) : bytes;
        }

        public override void ForgetPlacesFrom(int index) => Array.Clear(_values, index, _values.Length - index);

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[row()].CopyTo(ref value));

        private static long CopyTexts(ref VBuffer<T> buffer)
        {
            VBufferEditor<T> editor = VBufferEditor.CreateFromBuffer(ref buffer);
            Span<T> values = editor.Values;
            long bytes = 0;
            for (int i = 0; i < values.Length; i++)
            {
                var text = (ReadOnlyMemory<char>)(object)values[i]!;
                values[i] = (T)(object)(ReadOnlyMemory<char>)text.ToArray();
                bytes += sizeof(char) * (long)text.Length;
            }

            buffer = editor.Commit();
            return bytes;
        }
    }
}
