using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>
/// A source that hands out the same memory for each row's text, as loaders of files may, and that has a column of a type
/// of its own, which nobody else can copy.
/// </summary>
internal sealed class ReusingView(int rows) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = CreateSchema();

    public long? GetRowCount() => rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(Schema, rows, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    public static string TextOf(long row) => FormattableString.Invariant($"row {row:0000}");

    private static DataViewSchema CreateSchema()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, Contracts.TestData.FeatureCount));
        builder.AddColumn("Text", TextDataViewType.Instance);
        builder.AddColumn("Texts", new VectorDataViewType(TextDataViewType.Instance));
        builder.AddColumn("Thing", new ThingType());
        return builder.ToSchema();
    }

    internal sealed class Thing
    {
        public long Row { get; set; }
    }

    private sealed class ThingType() : StructuredDataViewType(typeof(Thing))
    {
        public override bool Equals(DataViewType? other) => other is ThingType;
    }

    private sealed class Cursor(DataViewSchema schema, int rows, IEnumerable<DataViewSchema.Column> active) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. active.Select(column => column.Index)];
        private readonly char[] _text = new char[8];
        private readonly Thing _thing = new();
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        /// <summary>Rows come in batches of ten.</summary>
        public override long Batch => _position / 10;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 77);

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Assert.True(IsColumnActive(column), column.Name);
            Delegate getter = column.Name switch
            {
                "Features" => (ValueGetter<VBuffer<float>>)GetFeatures,
                "Text" => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _text),
                "Texts" => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)GetTexts,
                _ => (ValueGetter<Thing>)((ref Thing value) => value = _thing),
            };
            return (ValueGetter<TValue>)getter;
        }

        public override bool MoveNext()
        {
            _position = _position + 1 < rows ? _position + 1 : -1;
            rows = _position < 0 ? 0 : rows;
            TextOf(_position).AsSpan()[..8].CopyTo(_text);
            _thing.Row = _position;
            return _position >= 0;
        }

        private void GetFeatures(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, Contracts.TestData.FeatureCount, 1);
            editor.Indices[0] = (int)(_position % Contracts.TestData.FeatureCount);
            editor.Values[0] = _position * 0.01f;
            value = editor.Commit();
        }

        private void GetTexts(ref VBuffer<ReadOnlyMemory<char>> value)
        {
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, 2);
            editor.Values[0] = _text;
            editor.Values[1] = _text.AsMemory(4);
            value = editor.Commit();
        }
    }
}
