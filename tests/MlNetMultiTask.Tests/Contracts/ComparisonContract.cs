using Microsoft.ML;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Every trainer can be compared with networks for single tasks, whatever its options say of several.</summary>
public sealed class ComparisonContract
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void It_is_compared_with_a_network_for_each_task(string name)
    {
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
            TestData.View(_ml), null, TrainerCases.Create(name, _ml, new TrainerSetup { MaximumNumberOfEpochs = 1 }), new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = 1 });

        Assert.Equal(4, comparison.Tasks.Count);
        Assert.All(comparison.Tasks, task => Assert.Equal(2, task.Main.PairCount));
        Assert.True(comparison.MultiTaskCost.ParameterCount > 0 && comparison.SingleTaskCost.ParameterCount > 0);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Checkpoints_and_progress_of_the_trainer_are_left_alone(string name)
    {
        using var folder = new TemporaryFolder();
        int told = 0;
        var setup = new TrainerSetup { Checkpointing = new Checkpointing(folder["steps"]) { NumberOfEpochs = 1 }, Progress = new Listener<TrainingProgress>(_ => told++) };
        Compare(name, setup);

        Assert.Equal(0, told);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder[""]));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_trainers_token_ends_it_in_any_training_whatever_the_trainer_would_give(string name)
    {
        // In the midst of the first training, and before the first batch of the last.
        Assert.All([(1_000_000, 0), (1, 9)], place =>
        {
            (int epochs, int completed) = place;
            using var cancellation = new CancellationTokenSource();
            bool ended = false;
            void Listen(ComparisonProgress progress)
            {
                ended |= progress.Stage == "done";
                if (progress.Completed == completed)
                {
                    if (epochs == 1)
                    {
                        cancellation.Cancel();
                    }
                    else
                    {
                        cancellation.CancelAfter(TimeSpan.FromMilliseconds(200));
                    }
                }
            }

            var setup = new TrainerSetup { CancellationToken = cancellation.Token, OnCancellation = OnCancellation.ReturnBest, MaximumNumberOfEpochs = epochs };
            Assert.Equal(cancellation.Token, Assert.ThrowsAny<OperationCanceledException>(() => Compare(name, setup, Listen)).CancellationToken);
            Assert.False(ended);
        });
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_trainer_that_goes_on_from_a_model_is_refused(string name)
    {
        var setup = new TrainerSetup { MaximumNumberOfEpochs = 1 };
        using MultiTaskTransformer model = TrainerCases.Create(name, _ml, setup).Fit(TestData.View(_ml));

        Assert.Contains("InitialModel", Assert.Throws<ArgumentException>(() => Compare(name, setup with { InitialModel = model })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void Affinities_leave_checkpoints_alone_and_twins_can_t_go_on_from_a_model(string name)
    {
        using var folder = new TemporaryFolder();
        var setup = new TrainerSetup { MaximumNumberOfEpochs = 1, Checkpointing = new Checkpointing(folder["steps"]) { NumberOfEpochs = 1 } };
        void Measure(TrainerSetup own) => _ml.MultiTask.MeasureAffinity(TestData.View(_ml), null, TrainerCases.Create(name, _ml, own));
        Measure(setup);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder[""]));

        using MultiTaskTransformer model = TrainerCases.Create(name, _ml, new TrainerSetup { MaximumNumberOfEpochs = 1 }).Fit(TestData.View(_ml));
        Assert.Contains("InitialModel", Assert.Throws<ArgumentException>(() => Measure(setup with { InitialModel = model })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void A_cancelled_trainer_gives_no_affinities_whatever_it_would_give(string name)
    {
        using var cancellation = new CancellationTokenSource();
        var setup = new TrainerSetup
        {
            CancellationToken = cancellation.Token,
            OnCancellation = OnCancellation.ReturnBest,
            MaximumNumberOfEpochs = 100,
            Progress = new Listener<TrainingProgress>(progress =>
            {
                if (progress.Epoch == 3)
                {
                    cancellation.Cancel();
                }
            }),
        };

        // One training, after which nothing else would ask for the token.
        OperationCanceledException e = Assert.ThrowsAny<OperationCanceledException>(
            () => _ml.MultiTask.MeasureAffinity(TestData.View(_ml), null, TrainerCases.Create(name, _ml, setup), new TaskAffinityOptions { ComparesTwins = false }));
        Assert.Equal(cancellation.Token, e.CancellationToken);
    }

    [Fact]
    public void A_token_that_only_members_have_ends_it_in_the_last_training_too()
    {
        using var cancellation = new CancellationTokenSource();
        var setup = new TrainerSetup { CancellationToken = cancellation.Token, OnCancellation = OnCancellation.ReturnBest };
        MultiTaskTrainer ensemble = _ml.MultiTask.Trainers.Ensemble([TrainerCases.Create("HardParameterSharing", _ml, setup), TrainerCases.Create("CrossStitch", _ml, setup)]);
        var options = new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            Progress = new Listener<ComparisonProgress>(progress =>
            {
                if (progress.Completed == progress.Total - 1)
                {
                    cancellation.Cancel();
                }
            }),
        };

        Assert.Equal(cancellation.Token, Assert.ThrowsAny<OperationCanceledException>(() => _ml.MultiTask.CompareWithSingleTask(TestData.View(_ml), null, ensemble, options)).CancellationToken);
    }

    /// <summary>Groups of one task are the networks alone, whatever the kind of the task; also where a fold has no positive row.</summary>
    [Fact]
    public void The_same_networks_have_no_difference()
    {
        Example[] rows = TestData.Rows();
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Big = i is 7 or 12;
            rows[i].Size = i < 40 ? float.NaN : rows[i].Size;
        }

        MultiTaskTrainer trainer = TrainerCases.Create("HardParameterSharing", _ml);
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
            TestData.Map(_ml, rows),
            null,
            _ml.MultiTask.Trainers.TaskGroups(trainer, [.. TestData.Tasks().Select(task => (IReadOnlyList<string>)[task.Name])]),
            new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 3, Seed = 1, StratificationTask = "Big" });

        Assert.All(comparison.Tasks, task => Assert.Equal((TransferVerdict.NoDifference, 0, 1), (task.Verdict, task.Main.StandardError, task.Main.PValue)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void What_is_said_of_other_tasks_does_not_disturb_a_network_for_one(string name)
    {
        var setup = new TrainerSetup
        {
            MaximumNumberOfEpochs = 2,
            Balancing = TaskBalancing.Fixed(("Color", 2f), ("Size", 0.5f)),
            ValidationFraction = 0.3f,
            EarlyStopping = new EarlyStopping { Monitor = EarlyStoppingMonitor.Loss("Color"), Patience = 1 },
        };
        MultiTaskTrainer trainer = TrainerCases.Create(name, _ml, setup);
        foreach (PredictionTask task in TestData.Tasks())
        {
            using MultiTaskTransformer model = trainer.With(TrainerVariation.Alone(task) with { Seed = 1 }).Fit(TestData.View(_ml));

            Assert.Equal([task.Name], model.Tasks.Select(own => own.Name));
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void More_epochs_are_asked_of_a_network_where_it_has_fewer_rows(string name)
    {
        using MultiTaskTransformer model = TrainerCases.Create(name, _ml, new TrainerSetup()).With(new TrainerVariation { Seed = 1, EpochFactor = 2.5 }).Fit(TestData.View(_ml));

        Assert.Equal(5, model.History!.Epochs.Count);
    }

    private void Compare(string name, TrainerSetup setup, Action<ComparisonProgress>? listen = null) => _ml.MultiTask.CompareWithSingleTask(
        TestData.View(_ml),
        null,
        TrainerCases.Create(name, _ml, setup),
        new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = 1, Progress = listen is null ? null : new Listener<ComparisonProgress>(listen) });

    private sealed class Listener<T>(Action<T> listen) : IProgress<T>
    {
        public void Report(T value) => listen(value);
    }
}
