using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>What happens where the data fails: nothing is lost, nothing is swallowed, nothing stays open, and nothing is read any more.</summary>
public sealed class FaultTests(ScoringModel shared) : IClassFixture<ScoringModel>
{
    /// <summary>More than two batches of 512.</summary>
    private const int Rows = 1100;

    /// <summary>The first row, the last of a batch, the first of the next, and one in the middle.</summary>
    public static TheoryData<int> FaultyRows => [0, 1, 511, 512, 700, 1099];

    [Theory]
    [MemberData(nameof(FaultyRows))]
    public void Rows_before_a_fault_are_served_and_then_what_the_source_threw(int row)
    {
        foreach (FaultyView source in (FaultyView[])
            [new(Data()) { Row = row }, new(Data()) { Row = row, Column = "Features" }, new(Data()) { Row = row, Column = "Note" }, new(Data()) { Row = row, InIds = true }])
        {
            float[] right = [.. shared.Model.Transform(Data()).GetColumn<float>("Size.Score")];
            IDataView scored = shared.Model.Transform(source);
            using (DataViewRowCursor cursor = Cursor(scored, "Note", "Size.Score"))
            {
                ValueGetter<float> getScore = cursor.GetGetter<float>(scored.Schema["Size.Score"]);
                float score = 0;
                for (int i = 0; i < row; i++)
                {
                    Assert.True(cursor.MoveNext());
                    Assert.Equal(i, cursor.Position);
                    getScore(ref score);
                    Assert.Equal(right[i], score, 1e-3f);
                }

                for (int again = 0; again < 3; again++)
                {
                    Assert.Same(source.Fault, Record.Exception(() => cursor.MoveNext()));
                    Assert.Throws<InvalidOperationException>(() => getScore(ref score));
                }

                Assert.Equal((1, 0), (source.Open, source.CallsAfterTheEnd));
            }

            Assert.Equal((1, 0), (source.Opened, source.Open));
        }
    }

    [Fact]
    public void A_fault_surfaces_row_by_row_where_nothing_is_read_ahead()
    {
        var source = new FaultyView(new ReusingView(20)) { Row = 3, Column = "Features" };
        IDataView scored = shared.Model.Transform(source);
        using (DataViewRowCursor cursor = Cursor(scored, "Thing", "Size.Score"))
        {
            ValueGetter<float> getScore = cursor.GetGetter<float>(scored.Schema["Size.Score"]);
            float score = 0;
            for (int i = 0; i < 5; i++)
            {
                Assert.True(cursor.MoveNext());
                Assert.Same(i == 3 ? source.Fault : null, Record.Exception(() => getScore(ref score)));
            }
        }

        Assert.Equal(0, source.Open);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("Features", null, false)]
    [InlineData("Note", null, false)]
    [InlineData("Note", 2, false)]
    public void Cursors_that_can_not_be_opened_leave_none_open(string? column, int? number, bool inOpening)
    {
        var source = new FaultyView(Data()) { Column = column, InOpening = inOpening, Cursor = number };
        IDataView scored = shared.Model.Transform(source);
        DataViewSchema.Column[] columns = [scored.Schema["Note"], scored.Schema["Size.Score"]];

        Assert.Same(source.Fault, Record.Exception(() => scored.GetRowCursorSet(columns, 4)));
        if (number is null)
        {
            Assert.Same(source.Fault, Record.Exception(() => scored.GetRowCursor(columns)));
        }

        Assert.Equal(0, source.Open);
    }

    [Fact]
    public void A_set_of_cursors_serves_all_rows_and_closes_them()
    {
        var source = new FaultyView(Data());
        IDataView scored = shared.Model.Transform(source);

        DataViewRowCursor[] cursors = scored.GetRowCursorSet([scored.Schema["Size.Score"]], 4);
        int rows = 0;
        foreach (DataViewRowCursor cursor in cursors)
        {
            while (cursor.MoveNext())
            {
                rows++;
            }

            cursor.Dispose();
        }

        Assert.Equal((4, Rows, 4, 0), (cursors.Length, rows, source.Opened, source.Open));
    }

    [Fact]
    public void A_consumer_that_stops_stops_the_reading()
    {
        var source = new FaultyView(Data());
        IDataView scored = shared.Model.Transform(source);
        DataViewRowCursor cursor = Cursor(scored, "Size.Score");
        Assert.True(cursor.MoveNext());
        cursor.Dispose();
        cursor.Dispose();
        int read = source.RowsRead;

        Assert.False(cursor.MoveNext());
        Assert.Equal((512, 512, 0), (read, source.RowsRead, source.Open));
    }

    [Fact]
    public void A_model_disposed_between_batches_ends_the_cursor_with_its_explanation()
    {
        using var saved = new MemoryStream();
        shared.ML.Model.Save(shared.Model, shared.Data.Schema, saved);
        using MultiTaskTransformer model = shared.ML.MultiTask.Find(shared.ML.Model.Load(saved, out _));
        var source = new FaultyView(Data());
        IDataView scored = model.Transform(source);
        using (DataViewRowCursor cursor = Cursor(scored, "Size.Score"))
        {
            for (int i = 0; i < 512; i++)
            {
                Assert.True(cursor.MoveNext());
            }

            model.Dispose();
            for (int again = 0; again < 2; again++)
            {
                Assert.Contains("disposed", Assert.Throws<ObjectDisposedException>(() => cursor.MoveNext()).Message, StringComparison.Ordinal);
            }

            Assert.Equal(1024, source.RowsRead);
        }

        Assert.Equal(0, source.Open);
    }

    [Theory]
    [InlineData("Features", 40)]
    [InlineData("Size", 0)]
    [InlineData(null, 59)]
    public void Evaluating_and_training_pass_on_what_the_source_threw(string? column, int row)
    {
        FaultyView Source() => new(TestData.View(shared.ML)) { Row = row, Column = column };
        FaultyView evaluated = Source();
        FaultyView trained = Source();
        FaultyView validated = Source();
        MultiTaskTrainer trainer = TrainerCases.Create("HardParameterSharing", shared.ML);

        Assert.Same(evaluated.Fault, Record.Exception(() => shared.ML.MultiTask.Evaluate(shared.Model.Transform(evaluated), shared.Model.Tasks)));
        Assert.Same(trained.Fault, Record.Exception(() => trainer.Fit(trained)));
        Assert.Same(validated.Fault, Record.Exception(() => trainer.Fit(TestData.View(shared.ML), validated)));
        Assert.All([evaluated, trained, validated], source => Assert.Equal((1, 0, 0), (source.Opened, source.Open, source.CallsAfterTheEnd)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void Cancelling_while_rows_are_read_stops_at_the_next_row(int row)
    {
        using var cancellation = new CancellationTokenSource();
        var source = new FaultyView(Data())
        {
            OnRow = position =>
            {
                if (position == row)
                {
                    cancellation.Cancel();
                }
            },
        };
        MultiTaskTrainer trainer = TrainerCases.Create("HardParameterSharing", shared.ML, new TrainerSetup { CancellationToken = cancellation.Token });

        Assert.Throws<OperationCanceledException>(() => trainer.Fit(source));
        Assert.Equal((row + 1, 0), (source.RowsRead, source.Open));
    }

    private static DataViewRowCursor Cursor(IDataView view, params string[] columns) => view.GetRowCursor(columns.Select(name => view.Schema[name]));

    private IDataView Data() => TestData.View(shared.ML, Rows);
}
