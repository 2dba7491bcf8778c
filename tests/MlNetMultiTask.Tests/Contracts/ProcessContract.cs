using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Fuzz;
using MlNetMultiTask.Tests.Scoring;
using TorchSharp;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>What belongs to the whole process is left as it was: native memory, torch's settings, the console.</summary>
[Collection("NotParallel")]
public sealed class ProcessContract
{
    /// <summary>
    /// Tensors that this thread has made and nobody has disposed; those left to the garbage collector count as live.
    /// (Tensor.TotalCount also counts, for ever, each tensor that became a Parameter.)
    /// </summary>
    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_model_once_it_is_disposed(string trainerName) => AssertNoLeak(() =>
    {
        using var fitted = new Fitted(trainerName);
        _ = ScoreBytes.Of(fitted.Scored, fitted.Outputs);
        fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks);
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_fit_keeps_the_models_own_tensors_and_scoring_adds_none(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var file = new MemoryStream();
        fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, file);
        MultiTaskTransformer Load() => fitted.ML.MultiTask.Find(fitted.ML.Model.Load(file, out _));
        Load().Dispose();
        long before = LiveTensors;
        MultiTaskTransformer loaded = Load();
        long own = LiveTensors - before;
        MultiTaskTransformer trained = TrainerCases.Create(trainerName, fitted.ML).Fit(fitted.Data);
        Assert.Equal(own, LiveTensors - before - own);
        _ = ScoreBytes.Of(trained.Transform(fitted.Data), fitted.Outputs);
        using (DataViewRowCursor unfinished = trained.Transform(fitted.Data).GetRowCursor(fitted.Scored.Schema))
        {
            unfinished.MoveNext();
        }

        Assert.Equal(2 * own, LiveTensors - before);
        trained.Dispose();
        loaded.Dispose();
        Assert.Equal(before, LiveTensors);
        Assert.True(own > 0);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_prediction_engine(string trainerName) => AssertNoLeak(() =>
    {
        var fitted = new Fitted(trainerName);
        using PredictionEngine<Example, Prediction> engine = fitted.ML.Model.CreatePredictionEngine<Example, Prediction>(fitted.Model);
        foreach (Example row in TestData.Rows(20))
        {
            engine.Predict(row);
        }
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_where_the_data_fail(string trainerName) => AssertNoLeak(() =>
    {
        using var fitted = new Fitted(trainerName);
        FaultyView Faulty() => new(fitted.Data) { Row = 30 };
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, fitted.ML);
        Assert.Throws<InvalidDataException>(() => trainer.Fit(Faulty()));
        Assert.Throws<InvalidDataException>(() => trainer.Fit(fitted.Data, Faulty()));
        Assert.Throws<InvalidDataException>(() => ScoreBytes.Of(fitted.Model.Transform(Faulty()), fitted.Outputs));
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_file_that_is_refused_at_its_last_weight(string trainerName) => AssertNoLeak(() =>
    {
        using var fitted = new Fitted(trainerName);
        using var saved = new MemoryStream();
        fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, saved);
        var file = new ModelZip(saved.ToArray());
        string last = file.FindLast(ModelZip.Weights);
        byte[] weights = [.. file.Get(last)];
        BitConverter.TryWriteBytes(weights.AsSpan(weights.Length - sizeof(float)), float.NaN);
        byte[] forged = file.With((last, weights));

        string message = Assert.ThrowsAny<Exception>(() => fitted.ML.Model.Load(new MemoryStream(forged), out _)).GetBaseException().Message;
        Assert.Contains("NaN", message, StringComparison.Ordinal);
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_fit_that_failed_before_training(string trainerName) => AssertNoLeak(() =>
    {
        var ml = new MLContext(1);
        Example[] rows = TestData.Rows();
        rows[3].Features[1] = float.NaN;
        Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml).Fit(TestData.Map(ml, rows)));
        Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml).Fit(TestData.View(ml), TestData.Map(ml, rows)));
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_fit_that_diverged(string trainerName) => AssertNoLeak(() =>
    {
        var ml = new MLContext(1);
        Example[] rows = TestData.Rows();
        Array.ForEach(rows, row => row.Features[0] = 3e38f);
        var e = Assert.Throws<InvalidOperationException>(() => TrainerCases.Create(trainerName, ml, new TrainerSetup { MaximumNumberOfEpochs = 5 }).Fit(TestData.Map(ml, rows)));
        Assert.Contains("no longer a finite number", e.Message, StringComparison.Ordinal);
        Assert.Contains("NormalizeMeanVariance", e.Message, StringComparison.Ordinal);
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_fit_that_was_cancelled(string trainerName) => AssertNoLeak(() =>
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using var source = new CancellationTokenSource();
        var setup = new TrainerSetup { MaximumNumberOfEpochs = 1000, CancellationToken = source.Token, Progress = new Cancel(source) };
        Assert.ThrowsAny<OperationCanceledException>(() => TrainerCases.Create(trainerName, ml, setup).Fit(data, data));
        Assert.ThrowsAny<OperationCanceledException>(() => TrainerCases.Create(trainerName, ml, setup).Fit(data));
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_going_on_from_a_model(string trainerName) => AssertNoLeak(() =>
    {
        using var fitted = new Fitted(trainerName);
        using MultiTaskTransformer more = TrainerCases.Create(trainerName, fitted.ML).Fit(fitted.Data, fitted.Data, fitted.Model);
        Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, fitted.ML, new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] }).Fit(fitted.Data, null, fitted.Model));
    });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_left_of_a_file_that_is_damaged(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var file = new MemoryStream();
        fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, file);
        byte[] damaged = file.ToArray();
        damaged[damaged.Length / 2] ^= 0x40;
        AssertNoLeak(() => Assert.ThrowsAny<Exception>(() => fitted.ML.Model.Load(new MemoryStream(damaged), out _)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Torchs_generator_and_threads_stay_as_they_are(string trainerName)
    {
        using torch.Tensor before = torch.get_rng_state();
        int threads = torch.get_num_threads();
        using (var fitted = new Fitted(trainerName))
        {
            _ = ScoreBytes.Of(fitted.Scored, fitted.Outputs);
        }

        using torch.Tensor after = torch.get_rng_state();
        Assert.Equal(before.data<byte>().ToArray(), after.data<byte>().ToArray());
        Assert.Equal(threads, torch.get_num_threads());
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_number_of_threads_that_was_asked_for_ends_with_training(string trainerName)
    {
        int threads = torch.get_num_threads();
        int during = 0;
        var watch = new Watch(() => during = torch.get_num_threads());
        using (var fitted = new Fitted(trainerName, new TrainerSetup { NumberOfThreads = threads + 1, Progress = watch }))
        {
            Assert.Equal(threads, torch.get_num_threads());
        }

        Assert.Equal(threads + 1, during);
        var failing = new TrainerSetup { NumberOfThreads = threads + 1, Progress = new Watch(() => throw new InvalidTimeZoneException()) };
        Assert.Throws<InvalidTimeZoneException>(() => new Fitted(trainerName, failing));
        Assert.Equal(threads, torch.get_num_threads());
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Nothing_is_written_to_the_console(string trainerName)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(written);
            using var fitted = new Fitted(trainerName);
            fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        Assert.Empty(written.ToString());
    }

    private static void AssertNoLeak(Action action)
    {
        // The first time, what is made once a process is made.
        action();
        long before = LiveTensors;
        action();
        Assert.Equal(before, LiveTensors);
    }

    private sealed class Cancel(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => source.Cancel();
    }

    private sealed class Watch(Action look) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => look();
    }
}
