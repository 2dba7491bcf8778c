using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>Reading ahead is bounded by rows, and by the bytes that values really have.</summary>
public sealed class ReadAheadTests(ScoringModel shared) : IClassFixture<ScoringModel>
{
    private const int Bound = 32_000_000;

    [Theory]
    [InlineData("Text", 1_000_000)]
    [InlineData("Texts", 1_000_000)]
    [InlineData("Numbers", 1_000_000)]
    [InlineData("Text", 10)]
    public void Large_values_end_a_batch_early(string column, int size)
    {
        var source = new FaultyView(shared.ML.Data.LoadFromEnumerable(Enumerable.Range(0, 600).Select(i => Large.Create(i, column, size))));
        IDataView scored = shared.Model.Transform(source);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema[column], scored.Schema["Size.Score"]]);

        Assert.True(cursor.MoveNext());

        Assert.Equal(size < 1000 ? 512 : Bound / (size * (column == "Numbers" ? 16 : 2)), source.RowsRead);
    }

    [Fact]
    public void Batches_that_end_early_lose_no_row()
    {
        IDataView source = shared.ML.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(i => Large.Create(i, i % 3 == 0 ? "Text" : "Texts", i % 10 == 0 ? 5_000_000 : i)));
        IDataView scored = shared.Model.Transform(source);

        int[] lengths = [.. scored.GetColumn<ReadOnlyMemory<char>>("Text").Select(text => text.Length)];
        Large[] read = [.. shared.ML.Data.CreateEnumerable<Large>(scored, reuseRowObject: false)];

        Assert.Equal(Enumerable.Range(0, 100), read.Select(row => row.Number));
        Assert.Equal(lengths, read.Select(row => row.Text.Length));
        Assert.Equal(source.GetColumn<string>("Text"), read.Select(row => row.Text));
        Assert.Equal(source.GetColumn<string[]>("Texts").Select(texts => texts.Sum(text => text.Length)), read.Select(row => row.Texts.Sum(text => text.Length)));
    }

    [Fact]
    public void A_source_that_hands_out_the_same_vector_each_row_is_copied_and_left_alone()
    {
        var source = new SharedVectorView(700);
        IDataView scored = shared.Model.Transform(source);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Numbers"], scored.Schema["Words"], scored.Schema["Size.Score"]]);
        ValueGetter<VBuffer<int>> getNumbers = cursor.GetGetter<VBuffer<int>>(scored.Schema["Numbers"]);
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getWords = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(scored.Schema["Words"]);
        VBuffer<int> numbers = default;
        VBuffer<ReadOnlyMemory<char>> words = default;
        for (int i = 0; i < 700; i++)
        {
            Assert.True(cursor.MoveNext());
            getNumbers(ref numbers);
            getWords(ref words);
            Assert.Equal([i, -i], numbers.DenseValues());
            Assert.Equal([FormattableString.Invariant($"{i:0000}")], words.DenseValues().Select(word => word.ToString()));
        }

        Assert.False(cursor.MoveNext());
        Assert.True(source.IsIntact);
    }

    private sealed class Large
    {
        [VectorType(TestData.FeatureCount)]
        public float[] Features { get; set; } = [0.1f, 0.2f, 0.3f, 0.4f];

        public int Number { get; set; }

        public string Text { get; set; } = "";

        public string[] Texts { get; set; } = [];

        public int[] Numbers { get; set; } = [];

        public static Large Create(int number, string column, int size) => new()
        {
            Number = number,
            Text = column == "Text" ? new string('x', size) : "",
            Texts = column == "Texts" ? [new string('y', size)] : [],
            Numbers = column == "Numbers" ? new int[size] : [],
        };
    }
}
