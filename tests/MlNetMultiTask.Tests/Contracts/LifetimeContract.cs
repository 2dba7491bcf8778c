using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using TorchSharp;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A model's native memory has one owner; scoring after its end is an explained exception and never a crash.</summary>
public sealed class LifetimeContract
{
    private const int Threads = 8;

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Disposing_while_others_score_ends_in_an_exception_or_in_right_scores(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        byte[] right = ScoreBytes.Of(fitted.Scored, fitted.Outputs);
        using var saved = new MemoryStream();
        fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, saved);
        var failures = new ConcurrentQueue<Exception>();
        int refused = 0;
        int scored = 0;
        for (int round = 0; round < 40; round++)
        {
            saved.Position = 0;
            MultiTaskTransformer model = fitted.ML.MultiTask.Find(fitted.ML.Model.Load(saved, out _));
            IDataView view = model.Transform(fitted.Data);
            using var start = new Barrier(Threads + 1);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    for (int i = 0; i < 200; i++)
                    {
                        Assert.Equal(right, ScoreBytes.Of(view, fitted.Outputs));
                        Interlocked.Increment(ref scored);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            start.SignalAndWait();
            Thread.Sleep(round % 8);
            model.Dispose();
            Array.ForEach(threads, thread => thread.Join());
            Assert.Throws<ObjectDisposedException>(() => ScoreBytes.Of(view, fitted.Outputs));
        }

        Assert.Empty(failures);
        Assert.True(refused > Threads, $"refused {refused}, scored {scored}");
        Assert.True(scored > 0, $"refused {refused}, scored {scored}");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Threads_share_a_model(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        byte[] right = ScoreBytes.Of(fitted.Scored, fitted.Outputs);

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ => Assert.Equal(right, ScoreBytes.Of(fitted.Scored, fitted.Outputs)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Disposing_twice_does_nothing_more(string trainerName)
    {
        var fitted = new Fitted(trainerName);
        fitted.Model.Dispose();
        fitted.Model.Dispose();
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Use_after_dispose_is_explained(string trainerName)
    {
        var fitted = new Fitted(trainerName);
        IRowToRowMapper mapper = ((ITransformer)fitted.Model).GetRowToRowMapper(fitted.Data.Schema);
        using DataViewRowCursor rows = fitted.Data.GetRowCursor(fitted.Data.Schema);
        using DataViewRow row = mapper.GetRow(rows, mapper.OutputSchema);
        ValueGetter<float> getter = row.GetGetter<float>(mapper.OutputSchema["Size.Score"]);
        using DataViewRowCursor opened = fitted.Scored.GetRowCursor([fitted.Scored.Schema["Size.Score"]]);
        rows.MoveNext();
        fitted.Model.Dispose();

        AssertExplained(() => fitted.Model.Transform(fitted.Data));
        AssertExplained(() => fitted.Model.GetOutputSchema(fitted.Data.Schema));
        AssertExplained(() => ((ITransformer)fitted.Model).GetRowToRowMapper(fitted.Data.Schema));
        AssertExplained(() => fitted.Scored.GetRowCursor([fitted.Scored.Schema["Size.Score"]]));
        AssertExplained(() => fitted.Scored.GetRowCursorSet([fitted.Scored.Schema["Size.Score"]], 2));
        AssertExplained(() => opened.MoveNext());
        AssertExplained(() =>
        {
            float value = 0;
            getter(ref value);
        });
        AssertExplained(() => fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, new MemoryStream()));
        AssertExplained(() => fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks));
        AssertExplained(() => TrainerCases.Create(trainerName, fitted.ML).Fit(fitted.Data, null, fitted.Model));
        Assert.Equal(4, fitted.Model.Tasks.Count);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_prediction_engine_disposes_the_model_it_owns_and_says_so(string trainerName)
    {
        var fitted = new Fitted(trainerName);
        PredictionEngine<Example, Prediction> engine = fitted.ML.Model.CreatePredictionEngine<Example, Prediction>(fitted.Model);
        PredictionEngine<Example, Prediction> guest = fitted.ML.Model.CreatePredictionEngine<Example, Prediction>(
            fitted.Model, new PredictionEngineOptions { OwnsTransformer = false });
        Example row = TestData.Rows(1)[0];
        Prediction before = guest.Predict(row);
        guest.Dispose();
        Assert.Equal(before.SizeScore, engine.Predict(row).SizeScore);

        engine.Dispose();

        AssertExplained(() => fitted.Model.Transform(fitted.Data));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_chain_disposes_its_model(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.Raw(ml);
        ITransformer chain = PersistenceContract.Chain(ml, trainerName).Fit(data);
        IDataView scored = chain.Transform(data);

        ((IDisposable)chain).Dispose();

        AssertExplained(() => ScoreBytes.Of(scored, "Size.Score"));
        AssertExplained(() => ml.MultiTask.Find(chain).Transform(data));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_dispose_scope_of_the_user_does_not_take_the_model_away(string trainerName)
    {
        Fitted fitted;
        byte[] inside;
        MultiTaskTransformer loaded;
        using (torch.NewDisposeScope())
        {
            fitted = new Fitted(trainerName);
            inside = ScoreBytes.Of(fitted.Scored, fitted.Outputs);
            using var file = new MemoryStream();
            fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, file);
            loaded = fitted.ML.MultiTask.Find(fitted.ML.Model.Load(file, out _));
        }

        Assert.Equal(inside, ScoreBytes.Of(fitted.Scored, fitted.Outputs));
        Assert.Equal(inside, ScoreBytes.Of(loaded.Transform(fitted.Data), fitted.Outputs));
        fitted.Dispose();
        loaded.Dispose();
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Gradients_switched_off_by_the_user_do_not_stop_training(string trainerName)
    {
        using var usual = new Fitted(trainerName);
        byte[] expected = ScoreBytes.Of(usual.Scored, usual.Outputs);
        using (torch.no_grad())
        {
            using var fitted = new Fitted(trainerName);
            Assert.Equal(expected, ScoreBytes.Of(fitted.Scored, fitted.Outputs));
            Assert.False(torch.is_grad_enabled());
        }

        using (torch.inference_mode())
        {
            using var fitted = new Fitted(trainerName);
            Assert.Equal(expected, ScoreBytes.Of(fitted.Scored, fitted.Outputs));
            Assert.True(torch.is_inference_mode_enabled());
        }
    }

    private static void AssertExplained(Action use)
    {
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(use);
        Assert.Contains("has been disposed", e.Message, StringComparison.Ordinal);
        Assert.Contains("PredictionEngineOptions.OwnsTransformer", e.Message, StringComparison.Ordinal);
    }
}
