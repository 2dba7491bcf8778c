using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>When training ends, and which epoch's weights the model gets.</summary>
public sealed class StoppingContract
{
    private static readonly TrainerSetup _noisy = new() { LearningRate = 0.05, MaximumNumberOfEpochs = 200, ValidationColumnName = "Held" };

    /// <summary>The best of a stopped training is the last of one that was given so many epochs: a constant rate knows nothing of the number of epochs.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Training_ends_where_nothing_improves_and_gives_the_best_epochs_weights(string trainerName)
    {
        using var stopped = new Fitted(trainerName, _noisy with { EarlyStopping = new EarlyStopping { Patience = 4 } });
        TrainingHistory history = stopped.Model.History!;
        using var direct = new Fitted(trainerName, _noisy with { MaximumNumberOfEpochs = history.BestEpoch });

        Assert.Equal(TrainingEnd.NoImprovement, history.End);
        Assert.Equal(history.BestEpoch + 4, history.Epochs.Count);
        Assert.InRange(history.Epochs.Count, 5, 199);
        Assert.Equal(ScoreBytes.Of(direct.Scored, direct.Outputs), ScoreBytes.Of(stopped.Scored, stopped.Outputs));
        Assert.Equal(direct.Model.History!.BestEpoch, direct.Model.History.Epochs.Count);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void The_last_weights_stay_where_that_is_wanted(string trainerName)
    {
        using var stopped = new Fitted(trainerName, _noisy with { EarlyStopping = new EarlyStopping { Patience = 4, RestoreBestWeights = false } });
        TrainingHistory history = stopped.Model.History!;
        using var direct = new Fitted(trainerName, _noisy with { MaximumNumberOfEpochs = history.Epochs.Count });

        Assert.Equal(history.Epochs.Count, history.BestEpoch);
        Assert.Equal(ScoreBytes.Of(direct.Scored, direct.Outputs), ScoreBytes.Of(stopped.Scored, stopped.Outputs));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void The_best_weights_are_given_back_where_training_runs_to_its_last_epoch_too(string trainerName)
    {
        using var fitted = new Fitted(trainerName, _noisy with { MaximumNumberOfEpochs = 60, EarlyStopping = new EarlyStopping { Patience = 1000 } });
        TrainingHistory history = fitted.Model.History!;
        IReadOnlyList<TrainingEpoch> epochs = Watched.Of(history);
        double[] losses = [.. epochs.Select(epoch => epoch.ValidationLosses!.Select(loss => loss.Value / epochs[0].ValidationLosses![loss.Key]).Average())];

        Assert.Equal(TrainingEnd.MaximumNumberOfEpochs, history.End);
        Assert.Equal(Array.IndexOf(losses, losses.Min()) + 1, history.BestEpoch);
        Assert.InRange(history.BestEpoch, 2, 59);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void What_is_watched_and_how_much_it_must_improve_matters(string trainerName)
    {
        EarlyStopping[] ways =
        [
            new() { Patience = 3, MinimumDelta = 1000 },
            new() { Patience = 6, Monitor = EarlyStoppingMonitor.MeanLoss() },
            new() { Patience = 6, Monitor = EarlyStoppingMonitor.Metric("Size") },
        ];
        TrainingHistory[] histories = [.. ways.Select(way =>
        {
            using var fitted = new Fitted(trainerName, _noisy with { EarlyStopping = way });
            return fitted.Model.History!;
        })];
        double[] mean = [.. Watched.Of(histories[1]).Select(epoch => epoch.ValidationLosses!.Values.Average())];
        double[] metric = [.. Watched.Of(histories[2]).Select(epoch => epoch.ValidationMetrics!["Size"])];

        // The first epoch is better than nothing, and no later one by 1000.
        Assert.Equal((1, 4), (histories[0].BestEpoch, histories[0].Epochs.Count));
        Assert.Equal(Array.IndexOf(mean, mean.Min()) + 1, histories[1].BestEpoch);
        Assert.Equal(Array.IndexOf(metric, metric.Max()) + 1, histories[2].BestEpoch);
        Assert.All(histories, history => Assert.Equal(TrainingEnd.NoImprovement, history.End));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Time_ends_training_after_the_epoch_and_needs_no_validation_data(string trainerName)
    {
        using var fitted = new Fitted(trainerName, new TrainerSetup { MaximumNumberOfEpochs = 100_000, EarlyStopping = new EarlyStopping { Patience = null, MaximumDuration = TimeSpan.FromMilliseconds(1) } });

        Assert.Equal(TrainingEnd.MaximumDuration, fitted.Model.History!.End);
        Assert.InRange(fitted.Model.History.Epochs.Count, 1, 1000);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_task_that_stopped_improving_is_frozen_and_others_go_on(string trainerName)
    {
        using var fitted = new Fitted(trainerName, _noisy with { EarlyStopping = new EarlyStopping { Patience = 5, FreezeTasks = true, Monitor = EarlyStoppingMonitor.MeanLoss() }, MaximumNumberOfEpochs = 100 });
        TrainingHistory history = fitted.Model.History!;
        int[] frozenFrom = [.. history.TaskNames.Select(task => history.Epochs.TakeWhile(epoch => epoch.TaskWeights[task] > 0).Count())];

        Assert.Contains(frozenFrom, epochs => epochs < history.Epochs.Count);
        Assert.Contains(frozenFrom, epochs => epochs > frozenFrom.Min());
        Assert.All(history.TaskNames, task => Assert.DoesNotContain(history.Epochs.SkipWhile(epoch => epoch.TaskWeights[task] > 0), epoch => epoch.TaskWeights[task] != 0));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_figure_that_can_not_be_computed_ends_training_with_the_reason(string trainerName)
    {
        Example[] validation = TestData.Rows(20, seed: 3);
        Array.ForEach(validation, row => row.Size = 7);
        var ml = new MLContext(1);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { EarlyStopping = new EarlyStopping { Monitor = EarlyStoppingMonitor.Metric("Size") } });

        string message = Assert.Throws<InvalidOperationException>(() => trainer.Fit(TestData.View(ml), TestData.Map(ml, validation))).Message;
        Assert.Contains("Metric(\"Size\")", message, StringComparison.Ordinal);
    }

    /// <summary>Nobody can tell whether it has stopped improving.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_task_without_validation_labels_is_not_frozen(string trainerName)
    {
        Example[] validation = TestData.Rows(30, seed: 5);
        Array.ForEach(validation, row => row.BigNumber = float.NaN);
        var ml = new MLContext(1);
        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("BigNumber")];
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, _noisy with { Tasks = tasks, ValidationColumnName = null, EarlyStopping = new EarlyStopping { Patience = 3, FreezeTasks = true } });
        using MultiTaskTransformer model = trainer.Fit(TestData.View(ml), TestData.Map(ml, validation));

        Assert.Equal(TrainingEnd.NoImprovement, model.History!.End);
        Assert.All(model.History.Epochs, epoch => Assert.Equal(1, epoch.TaskWeights["BigNumber"]));
    }

    /// <summary>In the last step too: there is no loss after it that would tell.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Weights_that_are_no_numbers_any_more_end_training(string trainerName)
    {
        var setup = new TrainerSetup { BatchSize = 100, MaximumNumberOfEpochs = 1, Optimizer = Optimizer.Sgd(0), LearningRate = 1e38 };
        string alone = Assert.Throws<InvalidOperationException>(() => new Fitted(trainerName, setup with { LearningRate = 1e40 })).Message;
        string validation = Assert.Throws<InvalidOperationException>(() => new Fitted(trainerName, setup with { ValidationColumnName = "Held", LearningRate = 1e30 })).Message;

        Assert.Contains("no longer", alone, StringComparison.Ordinal);
        Assert.Contains("learning rate", alone, StringComparison.Ordinal);
        Assert.Contains("no longer", validation, StringComparison.Ordinal);
    }

    /// <summary>The floor of the rate, and the count that begins anew each time it falls.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void The_rate_falls_on_a_plateau_down_to_its_floor(string trainerName)
    {
        // Nothing improves by 1000, so the rate falls every second epoch after the first.
        using var fitted = new Fitted(trainerName, new TrainerSetup
        {
            MaximumNumberOfEpochs = 10,
            LearningRate = LearningRateSchedule.ReduceOnPlateau(0.01, patience: 2, factor: 0.5, minimumRate: 0.002),
            EarlyStopping = new EarlyStopping { Patience = null, MaximumDuration = TimeSpan.FromHours(1), MinimumDelta = 1000 },
        });

        double[] expected = [0.01, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025, 0.002, 0.002, 0.002];
        Assert.All(expected.Zip(fitted.Model.History!.Epochs), pair => Assert.Equal(pair.First, pair.Second.LearningRate, 1e-12));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Watching_without_validation_data_is_refused_before_training(string trainerName)
    {
        var ml = new MLContext(1);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { EarlyStopping = new EarlyStopping() });

        Assert.Contains("ValidationFraction", Assert.Throws<ArgumentException>(() => trainer.Fit(TestData.View(ml))).Message, StringComparison.Ordinal);
        trainer.Fit(TestData.View(ml), TestData.View(ml, 20, seed: 3)).Dispose();
    }

    /// <summary>Cancelled while the sixth epoch is under way: the model is that of one of the five before.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_cancelled_training_gives_its_best_epoch_if_that_is_wanted(string trainerName)
    {
        using var cancellation = new CancellationTokenSource();
        var setup = new TrainerSetup
        {
            MaximumNumberOfEpochs = 1000,
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = cancellation.Token,
            ProgressInterval = TimeSpan.Zero,
            Progress = new Report(progress =>
            {
                if (progress is { Epoch: 6, Batch: 2 })
                {
                    cancellation.Cancel();
                }
            }),
        };
        using var cancelled = new Fitted(trainerName, setup);
        TrainingHistory history = cancelled.Model.History!;
        using var direct = new Fitted(trainerName, new TrainerSetup { MaximumNumberOfEpochs = history.BestEpoch });

        Assert.Equal((TrainingEnd.Cancellation, 5), (history.End, history.Epochs.Count));
        Assert.Equal(ScoreBytes.Of(direct.Scored, direct.Outputs), ScoreBytes.Of(cancelled.Scored, cancelled.Outputs));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_training_cancelled_in_its_first_epoch_has_no_best(string trainerName)
    {
        using var cancellation = new CancellationTokenSource();
        var setup = new TrainerSetup
        {
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = cancellation.Token,
            ProgressInterval = TimeSpan.Zero,
            Progress = new Report(_ => cancellation.Cancel()),
        };

        Assert.Throws<OperationCanceledException>(() => new Fitted(trainerName, setup));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Progress_between_batches_tells_where_training_stands(string trainerName)
    {
        var reports = new List<TrainingProgress>();
        using var fitted = new Fitted(trainerName, new TrainerSetup { ProgressInterval = TimeSpan.Zero, Progress = new Report(reports.Add) });

        // 60 rows in batches of 16, twice: three reports inside an epoch, and one at its end.
        Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4], reports.Select(report => report.Batch));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], reports.Select(report => report.Epoch));
        Assert.All(reports, report =>
        {
            Assert.Equal(4, report.NumberOfBatches);
            Assert.Equal(report.Batch == 4, report.IsEndOfEpoch);
            Assert.Equal(report.IsEndOfEpoch, report.TrainingMetrics is not null);
            Assert.True(report.Remaining >= TimeSpan.Zero);
            Assert.Equal(0.01, report.LearningRate);
        });
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.Equal(Watched.Of(fitted.Model.History!)[1].TrainingLosses["Size"], reports[^1].TrainingLosses["Size"]);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Each_batch_is_a_Trace_of_the_hosts_log(string trainerName)
    {
        var ml = new MLContext(1);
        int traces = 0;
        ml.Log += (_, e) => traces += e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Trace && e.RawMessage.Contains(", batch ", StringComparison.Ordinal) ? 1 : 0;
        TrainerCases.Create(trainerName, ml).Fit(TestData.View(ml)).Dispose();

        Assert.Equal(8, traces);
    }
}
