using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>Rows that are read ahead come out as they went in.</summary>
public sealed class ScoredViewTests(ScoringModel shared) : IClassFixture<ScoringModel>
{
    /// <summary>More than two batches.</summary>
    private const int Rows = 1200;

    [Fact]
    public void Columns_of_every_type_pass_through()
    {
        IDataView source = shared.ML.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(Everything.Create));
        IDataView scored = shared.Model.Transform(source);

        Everything[] rows = [.. shared.ML.Data.CreateEnumerable<Everything>(source, reuseRowObject: false)];
        EverythingScored[] read = [.. shared.ML.Data.CreateEnumerable<EverythingScored>(scored, reuseRowObject: false)];

        Assert.Equal(Rows, read.Length);
        for (int i = 0; i < Rows; i++)
        {
            Assert.Equal(JsonSerializer.Serialize(rows[i]), JsonSerializer.Serialize<Everything>(read[i]));
        }

        Assert.Equal(scored.GetColumn<float>("Size.Score"), read.Select(row => row.Score));
        Assert.True(read.Select(row => row.Score).Distinct().Count() > Rows / 2);
    }

    [Fact]
    public void Text_is_copied_from_a_source_that_reuses_its_memory()
    {
        IDataView scored = shared.Model.Transform(new ReusingView(Rows));
        using DataViewRowCursor cursor = Open(scored, "Text", "Texts", "Size.Score");
        ValueGetter<ReadOnlyMemory<char>> getText = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Text"]);
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getTexts = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(scored.Schema["Texts"]);
        ReadOnlyMemory<char> text = default;
        VBuffer<ReadOnlyMemory<char>> texts = default;
        for (int i = 0; i < Rows; i++)
        {
            Assert.True(cursor.MoveNext());
            getText(ref text);
            getTexts(ref texts);
            string expected = ReusingView.TextOf(i);
            Assert.Equal(expected, text.ToString());
            Assert.Equal([expected, expected[4..]], texts.DenseValues().Select(value => value.ToString()));
        }

        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void Position_batch_and_id_are_those_of_the_source()
    {
        IDataView scored = shared.Model.Transform(new ReusingView(Rows));
        using DataViewRowCursor cursor = Open(scored, "Size.Score");
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        Assert.Equal(-1, cursor.Position);
        for (int i = 0; i < Rows; i++)
        {
            Assert.True(cursor.MoveNext());
            getId(ref id);
            Assert.Equal((i, i / 10, new DataViewRowId((ulong)i, 77)), (cursor.Position, cursor.Batch, id));
        }

        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
    }

    [Fact]
    public void A_type_that_can_not_be_copied_is_scored_row_by_row()
    {
        using var counting = new CountingModel(shared.Model.Model);
        using var model = new MultiTaskTransformer(shared.ML, counting);
        IDataView scored = model.Transform(new ReusingView(20));
        float[] batched = [.. scored.GetColumn<float>("Size.Score")];
        Assert.Equal(1, counting.PassCount);
        counting.Clear();
        using DataViewRowCursor cursor = Open(scored, "Thing", "Size.Score");
        ValueGetter<ReusingView.Thing> getThing = cursor.GetGetter<ReusingView.Thing>(scored.Schema["Thing"]);
        ValueGetter<float> getScore = cursor.GetGetter<float>(scored.Schema["Size.Score"]);
        ReusingView.Thing thing = new();
        float score = 0;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(cursor.MoveNext());
            getThing(ref thing);
            getScore(ref score);
            getScore(ref score);
            Assert.Equal(i, thing.Row);
            Assert.Equal(batched[i], score, 1e-3f);
        }

        Assert.False(cursor.MoveNext());
        Assert.Equal(20, counting.PassCount);
    }

    [Fact]
    public void Getters_say_when_they_can_be_called()
    {
        IDataView scored = shared.Model.Transform(shared.Data);
        DataViewRowCursor cursor = Open(scored, "Note", "Size.Score");
        ValueGetter<float> getScore = cursor.GetGetter<float>(scored.Schema["Size.Score"]);
        ValueGetter<ReadOnlyMemory<char>> getNote = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Note"]);
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        float score = 0;
        ReadOnlyMemory<char> note = default;
        DataViewRowId id = default;
        void AssertNoRow()
        {
            Assert.Contains("MoveNext", Assert.Throws<InvalidOperationException>(() => getScore(ref score)).Message, StringComparison.Ordinal);
            Assert.Contains("MoveNext", Assert.Throws<InvalidOperationException>(() => getNote(ref note)).Message, StringComparison.Ordinal);
            Assert.Contains("MoveNext", Assert.Throws<InvalidOperationException>(() => getId(ref id)).Message, StringComparison.Ordinal);
        }

        AssertNoRow();
        while (cursor.MoveNext())
        {
            getScore(ref score);
        }

        AssertNoRow();
        cursor.Dispose();
        AssertNoRow();
        Assert.False(cursor.MoveNext());
        cursor.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_getter_of_a_wrong_type_is_explained(bool batched)
    {
        IDataView scored = shared.Model.Transform(new ReusingView(3));
        using DataViewRowCursor cursor = batched ? Open(scored, "Size.Score", "Color.PredictedLabel") : Open(scored, "Size.Score", "Color.PredictedLabel", "Thing");

        string score = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<double>(scored.Schema["Size.Score"])).Message;
        string label = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(scored.Schema["Color.PredictedLabel"])).Message;
        string inactive = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(scored.Schema["Big.Score"])).Message;

        Assert.Contains("'Size.Score' is Single and can't be read as System.Double", score, StringComparison.Ordinal);
        Assert.Contains("'Color.PredictedLabel'", label, StringComparison.Ordinal);
        Assert.Contains("read as System.UInt32", label, StringComparison.Ordinal);
        Assert.Contains("'Big.Score' was not asked for", inactive, StringComparison.Ordinal);
        Assert.True(cursor.IsColumnActive(scored.Schema["Size.Score"]));
        Assert.False(cursor.IsColumnActive(scored.Schema["Big.Score"]));
    }

    [Fact]
    public void A_pass_through_getter_of_a_wrong_type_is_explained()
    {
        IDataView scored = shared.Model.Transform(shared.Data);
        using DataViewRowCursor cursor = Open(scored, "Note", "Size.Score");

        Assert.Contains("'Note'", Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(scored.Schema["Note"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_features_score_like_dense_ones()
    {
        IDataView sparse = new ReusingView(50);
        IEnumerable<Everything> dense = Enumerable.Range(0, 50).Select(i =>
        {
            var row = new Everything();
            row.Features[i % TestData.FeatureCount] = i * 0.01f;
            return row;
        });

        Assert.Equal(
            shared.Model.Transform(shared.ML.Data.LoadFromEnumerable(dense)).GetColumn<float>("Size.Score"),
            shared.Model.Transform(sparse).GetColumn<float>("Size.Score"));
    }

    /// <summary>Training refuses such features; scoring lets the row pass, with scores that say so, and spares the others.</summary>
    [Fact]
    public void Features_that_are_no_numbers_give_scores_that_are_none()
    {
        Example[] rows = TestData.Rows(5);
        float[] right = Score(rows);
        rows[2].Features[1] = float.NaN;

        Prediction[] predictions = [.. shared.ML.Data.CreateEnumerable<Prediction>(shared.Model.Transform(TestData.Map(shared.ML, rows)), reuseRowObject: false)];

        Assert.All(predictions[2].Numbers, number => Assert.True(float.IsNaN(number)));
        Assert.Equal(0u, predictions[2].Color);
        Assert.False(predictions[2].Big);
        Assert.Equal([false, false, false], predictions[2].Tags);
        Assert.Equal([right[0], right[1], right[3], right[4]], predictions.Where((_, i) => i != 2).Select(prediction => prediction.SizeScore));

        float[] Score(Example[] examples) => [.. shared.Model.Transform(TestData.Map(shared.ML, examples)).GetColumn<float>("Size.Score")];
    }

    [Fact]
    public void A_mapper_refuses_rows_of_another_schema()
    {
        IRowToRowMapper mapper = ((ITransformer)shared.Model).GetRowToRowMapper(shared.Data.Schema);
        IDataView other = TestData.View(shared.ML);
        using DataViewRowCursor cursor = other.GetRowCursor(other.Schema);

        Assert.Contains("schema", Assert.Throws<ArgumentException>(() => mapper.GetRow(cursor, mapper.OutputSchema)).Message, StringComparison.Ordinal);
    }

    private static DataViewRowCursor Open(IDataView view, params string[] columns) => view.GetRowCursor(columns.Select(name => view.Schema[name]));
}
