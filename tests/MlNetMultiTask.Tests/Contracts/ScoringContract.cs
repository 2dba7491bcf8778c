using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Scored views behave like every other view of ML.NET, and a row scores like its batch.</summary>
public sealed class ScoringContract
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_row_scores_like_its_batch(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        Assert.Equal(60, fitted.Data.GetRowCount() ?? 60);
        IRowToRowMapper mapper = ((ITransformer)fitted.Model).GetRowToRowMapper(fitted.Data.Schema);
        DataViewSchema.Column[] wanted = [.. mapper.OutputSchema.Where(column => column.Index >= fitted.Data.Schema.Count)];
        using DataViewRowCursor source = fitted.Data.GetRowCursor(mapper.GetDependencies(wanted));
        using DataViewRow row = mapper.GetRow(source, wanted);
        ValueGetter<VBuffer<float>> color = row.GetGetter<VBuffer<float>>(mapper.OutputSchema["Color.Score"]);
        ValueGetter<float> size = row.GetGetter<float>(mapper.OutputSchema["Size.Score"]);
        var single = new List<float>();
        VBuffer<float> buffer = default;
        float value = 0;
        while (source.MoveNext())
        {
            color(ref buffer);
            size(ref value);
            single.AddRange(buffer.DenseValues());
            single.Add(value);
        }

        float[][] colors = [.. fitted.Scored.GetColumn<float[]>("Color.Score")];
        float[] sizes = [.. fitted.Scored.GetColumn<float>("Size.Score")];
        AssertClose(colors.Zip(sizes, (probabilities, number) => probabilities.Append(number)).SelectMany(values => values), single);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_prediction_engine_scores_like_the_view(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        Example[] rows = TestData.Rows();
        Prediction[] batch = [.. fitted.ML.Data.CreateEnumerable<Prediction>(fitted.Scored, reuseRowObject: false)];
        var input = SchemaDefinition.Create(typeof(Example));
        using PredictionEngine<Example, Prediction> engine = fitted.ML.Model.CreatePredictionEngine<Example, Prediction>(
            fitted.Model, new PredictionEngineOptions { InputSchemaDefinition = input, OwnsTransformer = false });
        for (int i = 0; i < rows.Length; i++)
        {
            Prediction single = engine.Predict(rows[i]);
            AssertClose(batch[i].Numbers, single.Numbers);
            Assert.Equal(batch[i].Decisions, single.Decisions);
        }

        Assert.True(batch.Select(prediction => prediction.SizeScore).Distinct().Count() > 10);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void The_columns_of_a_task_agree(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        foreach (Prediction prediction in fitted.ML.Data.CreateEnumerable<Prediction>(fitted.Scored, reuseRowObject: false))
        {
            Assert.Equal(1, prediction.ColorScore.Sum(), 1e-5);
            Assert.Equal(Array.IndexOf(prediction.ColorScore, prediction.ColorScore.Max()) + 1, (int)prediction.Color);
            Assert.Equal(1 / (1 + Math.Exp(-prediction.BigScore)), prediction.BigProbability, 1e-5);
            Assert.Equal(prediction.BigProbability >= 0.5f, prediction.Big);
            Assert.All(prediction.TagsScore, probability => Assert.InRange(probability, 0, 1));
            Assert.Equal(prediction.TagsScore.Select(probability => probability >= 0.5f), prediction.Tags);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Only_what_is_asked_for_is_read_and_computed(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var counting = new CountingModel(fitted.Model.Model);
        var watched = new WatchedView(fitted.Data);
        IDataView scored = new MultiTaskTransformer(fitted.ML, counting).Transform(watched);

        Assert.Empty(watched.Requests);
        _ = scored.GetColumn<float>("Size.Score").Count();
        Assert.Equal(["Features"], Assert.Single(watched.Requests));
        Assert.Equal([false, false, true, false], Assert.Single(counting.ActiveTasks));
        Assert.Equal(60, counting.RowCount);

        watched.Requests.Clear();
        counting.Clear();
        _ = scored.GetColumn<string>("Note").Count();
        Assert.Equal(["Note"], Assert.Single(watched.Requests));
        Assert.Empty(counting.ActiveTasks);
        Assert.Equal(0, counting.RowCount);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Evaluating_scores_each_row_once(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var counting = new CountingModel(fitted.Model.Model);
        using var model = new MultiTaskTransformer(fitted.ML, counting);

        MultiTaskMetrics metrics = fitted.ML.MultiTask.Evaluate(model.Transform(fitted.Data), model.Tasks);

        Assert.Equal(4, metrics.Tasks.Count);
        Assert.Equal(60, counting.RowCount);
        Assert.Equal(1, counting.PassCount);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Rows_are_scored_many_at_a_time(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var counting = new CountingModel(fitted.Model.Model);
        IDataView many = TestData.View(fitted.ML, 1000);

        _ = new MultiTaskTransformer(fitted.ML, counting).Transform(many).GetColumn<float>("Size.Score").Count();

        Assert.Equal(1000, counting.RowCount);
        Assert.InRange(counting.PassCount, 1, 10);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Parallel_cursors_give_the_rows_of_one(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        IDataView cached = fitted.ML.Data.Cache(TestData.View(fitted.ML, 3000));
        IDataView scored = fitted.Model.Transform(cached);
        DataViewSchema.Column[] columns = [scored.Schema["Note"], scored.Schema["Size.Score"]];
        Dictionary<string, float> serial = [];
        using (DataViewRowCursor cursor = scored.GetRowCursor(columns))
        {
            Read(cursor, serial);
        }

        DataViewRowCursor[] set = scored.GetRowCursorSet(columns, 4);
        Dictionary<string, float>[] parts = [.. set.Select(_ => new Dictionary<string, float>())];
        Parallel.For(0, set.Length, i =>
        {
            using DataViewRowCursor cursor = set[i];
            Read(cursor, parts[i]);
        });

        var parallel = parts.SelectMany(part => part).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(serial.Keys.Order(StringComparer.Ordinal), parallel.Keys.Order(StringComparer.Ordinal));
        Assert.All(serial, pair => Assert.Equal(pair.Value, parallel[pair.Key], 1e-3f));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Views_of_ML_NET_work_on_scored_views(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        DataOperationsCatalog data = fitted.ML.Data;
        IDataView scored = fitted.Scored;
        Dictionary<string, float> all = Scores(scored);

        Assert.Equal(60, all.Count);
        AssertSame(all, Scores(data.Cache(scored)), 60);
        AssertSame(all, Scores(data.Cache(scored, "Note", "Size.Score")), 60);
        AssertSame(all, Scores(data.ShuffleRows(scored, seed: 3)), 60);
        AssertSame(all, Scores(data.SkipRows(scored, 7)), 53);
        AssertSame(all, Scores(data.TakeRows(scored, 9)), 9);
        AssertSame(all, Scores(data.FilterRowsByColumn(scored, "Size.Score", -1e9, 1e9)), 60);
        AssertSame(all, Scores(data.FilterRowsByMissingValues(scored, "Size.Score")), 60);
        DataOperationsCatalog.TrainTestData split = data.TrainTestSplit(scored, 0.3, seed: 5);
        Dictionary<string, float> train = Scores(split.TrainSet);
        Dictionary<string, float> test = Scores(split.TestSet);
        AssertSame(all, train, train.Count);
        AssertSame(all, test, 60 - train.Count);
        Assert.NotEmpty(test);
        Assert.Equal(all.Keys, fitted.ML.Data.CreateEnumerable<Example>(fitted.ML.Transforms.SelectColumns("Note", "Size.Score").Fit(scored).Transform(scored), false, ignoreMissingColumns: true).Select(row => row.Note));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Views_of_ML_NET_work_below_the_model(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        DataOperationsCatalog data = fitted.ML.Data;
        Dictionary<string, float> all = Scores(fitted.Scored);

        AssertSame(all, Scores(fitted.Model.Transform(data.Cache(fitted.Data))), 60);
        AssertSame(all, Scores(fitted.Model.Transform(data.ShuffleRows(fitted.Data, seed: 3))), 60);
        AssertSame(all, Scores(fitted.Model.Transform(data.TakeRows(data.SkipRows(fitted.Data, 7), 9))), 9);
        AssertSame(all, Scores(fitted.Model.Transform(data.FilterRowsByColumn(fitted.Data, "Size", 50))), TestData.Rows().Count(row => row.Size >= 50));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Labels_may_be_absent(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        IDataView bare = fitted.ML.Data.LoadFromEnumerable(TestData.Rows().Select(row => new Bare { Features = row.Features }));

        Assert.Equal(fitted.Scored.GetColumn<float>("Size.Score"), fitted.Model.Transform(bare).GetColumn<float>("Size.Score"));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void An_existing_output_column_is_hidden_with_a_warning(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        var warnings = new List<string>();
        fitted.ML.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                warnings.Add(e.Message);
            }
        };
        IDataView older = fitted.ML.Transforms.CopyColumns("Size.Score", "Weight").Fit(fitted.Data).Transform(fitted.Data);

        IDataView scored = fitted.Model.Transform(older);

        Assert.Equal(2, scored.Schema.Count(column => column.Name == "Size.Score"));
        Assert.Equal(fitted.Scored.GetColumn<float>("Size.Score"), scored.GetColumn<float>("Size.Score"));
        string warning = Assert.Single(warnings);
        Assert.Contains("'Size.Score'", warning, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void An_empty_view_scores_to_an_empty_view(string trainerName)
    {
        using var fitted = new Fitted(trainerName);

        Assert.Empty(Scores(fitted.Model.Transform(TestData.Map(fitted.ML, []))));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_view_can_be_read_again_and_again(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        string[] columns = [.. fitted.Model.Tasks.SelectMany(task => task.OutputColumnNames)];

        Assert.Equal(ScoreBytes.Of(fitted.Scored, columns), ScoreBytes.Of(fitted.Scored, columns));
    }

    private static Dictionary<string, float> Scores(IDataView scored)
    {
        var scores = new Dictionary<string, float>();
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Note"], scored.Schema["Size.Score"]]);
        Read(cursor, scores);
        return scores;
    }

    private static void Read(DataViewRowCursor cursor, Dictionary<string, float> scores)
    {
        ValueGetter<ReadOnlyMemory<char>> getNote = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Note"]);
        ValueGetter<float> getScore = cursor.GetGetter<float>(cursor.Schema["Size.Score"]);
        ReadOnlyMemory<char> note = default;
        float score = 0;
        while (cursor.MoveNext())
        {
            getNote(ref note);
            getScore(ref score);
            scores.Add(note.ToString(), score);
        }
    }

    /// <summary>Batches are cut elsewhere, so the last bits may differ.</summary>
    private static void AssertSame(Dictionary<string, float> all, Dictionary<string, float> some, int count)
    {
        Assert.Equal(count, some.Count);
        Assert.All(some, pair => AssertClose([all[pair.Key]], [pair.Value]));
    }

    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        float[] e = [.. expected];
        float[] a = [.. actual];
        Assert.Equal(e.Length, a.Length);
        for (int i = 0; i < e.Length; i++)
        {
            Assert.True(Math.Abs(e[i] - a[i]) <= Tolerance * Math.Max(1, Math.Abs(e[i])), $"{e[i]:R} and {a[i]:R} at {i}");
        }
    }

    private sealed class Bare
    {
        [VectorType(TestData.FeatureCount)]
        public float[] Features { get; set; } = [];
    }
}
