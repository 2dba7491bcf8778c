using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>A source that gives out its own vectors instead of copies, and changes them for the next row: careless, and allowed.</summary>
internal sealed class SharedVectorView(int rows) : IDataView
{
    private readonly int[] _numbers = new int[2];
    private readonly char[] _letters = new char[4];
    private readonly ReadOnlyMemory<char>[] _words = new ReadOnlyMemory<char>[1];

    /// <summary>Whether nobody has written into the memory that was given out.</summary>
    public bool IsIntact { get; private set; } = true;

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = CreateSchema();

    public long? GetRowCount() => rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, rows);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema CreateSchema()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, TestData.FeatureCount));
        builder.AddColumn("Numbers", new VectorDataViewType(NumberDataViewType.Int32));
        builder.AddColumn("Words", new VectorDataViewType(TextDataViewType.Instance, 1));
        return builder.ToSchema();
    }

    private void Write(long row)
    {
        IsIntact &= row == 0 || (_numbers[0] == row - 1 && _words[0].Equals(_letters.AsMemory()));
        (_numbers[0], _numbers[1]) = ((int)row, -(int)row);
        FormattableString.Invariant($"{row:0000}").AsSpan().CopyTo(_letters);
        _words[0] = _letters;
    }

    private sealed class Cursor(SharedVectorView view, int rows) : DataViewRowCursor
    {
        private static readonly float[] _features = new float[TestData.FeatureCount];

        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Name switch
            {
                "Features" => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value = new VBuffer<float>(_features.Length, _features)),
                "Numbers" => (ValueGetter<VBuffer<int>>)((ref VBuffer<int> value) => value = new VBuffer<int>(2, view._numbers)),
                _ => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) => value = new VBuffer<ReadOnlyMemory<char>>(1, view._words)),
            };
            return (ValueGetter<TValue>)getter;
        }

        public override bool MoveNext()
        {
            if (++_position >= rows)
            {
                return false;
            }

            view.Write(_position);
            return true;
        }
    }
}
