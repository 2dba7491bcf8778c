using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Affinities of tasks that are known to get on with one another, or not, for every trainer that has them.</summary>
public sealed class MeasureAffinityTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Tasks_of_one_direction_help_one_another_and_a_competitor_does_not(int seed)
    {
        TaskAffinity affinity = Measure(_ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Options(epochs: 40, seed: seed)), new TaskAffinityOptions(), (uint)seed);

        Assert.All((string[])["A", "B", "C"], task => Assert.True(affinity.GetLookAhead(task, task) > 0));
        Assert.All([("A", "B"), ("B", "A")], pair => Assert.True(affinity.GetLookAhead(pair.Item1, pair.Item2) > 0.002, affinity.ToString()));

        // What is good for the two is seldom bad for the third while it gets nothing; what is good for it is bad for them.
        Assert.All([("A", "C"), ("B", "C")], pair => Assert.True(affinity.GetLookAhead(pair.Item1, pair.Item2) < 0.002, affinity.ToString()));
        Assert.All([("C", "A"), ("C", "B")], pair => Assert.True(affinity.GetLookAhead(pair.Item1, pair.Item2) < -0.0005, affinity.ToString()));
        Assert.True(affinity.GetGradientCosine("A", "B") > 0.2, affinity.ToString());
        Assert.All([("A", "C"), ("B", "C")], pair => Assert.True(affinity.GetGradientCosine(pair.Item1, pair.Item2) < -0.1, affinity.ToString()));
        Assert.Null(affinity.SimilarityProblem);
        Assert.Equal(1, affinity.GetSimilarity("A", "A"), 1e-9);
        Assert.InRange(affinity.GetSimilarity("A", "B"), 0.9, 1);
        Assert.InRange(affinity.GetSimilarity("A", "C"), 0, 0.3);
        Assert.Equal(affinity.GetSimilarity("A", "C"), affinity.GetSimilarity("C", "A"));
    }

    /// <summary>The trainer's own training, sampled.</summary>
    [Fact]
    public void It_is_what_the_history_of_a_sampled_training_tells()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Options(interval: 4)).Fit(AffinityRow.Load(_ml, 1));
        TaskAffinity expected = TaskAffinity.FromHistory(model.History!);
        double[] perEpoch = [.. model.History!.Epochs.Select(epoch => epoch.Affinity!.GetAffinity("A", "C"))];
        double[] cosines = [.. model.History.Epochs.Select(epoch => epoch.Gradients!.GetCosine("A", "C"))];
        foreach ((int? own, int? given) in (ReadOnlySpan<(int?, int?)>)[(4, null), (null, 4), (3, 4)])
        {
            TaskAffinity found = Measure(_ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Options(interval: own)), new TaskAffinityOptions { ComparesTwins = false, SamplingInterval = given });
            Assert.Equal(expected.ToString(), found.ToString());
            Assert.Equal((6, 12L, 1), (found.NumberOfEpochs, found.NumberOfSteps, found.NumberOfSeeds));
        }

        Assert.Equal(perEpoch.Average(), expected.GetLookAhead("A", "C"), 1e-12);
        Assert.Equal(cosines.Average(), expected.GetGradientCosine("A", "C"), 1e-12);
        Assert.Equal(Math.Sqrt(perEpoch.Sum(value => Math.Pow(value - perEpoch.Average(), 2)) / 5), expected.GetLookAheadDeviation("A", "C"), 1e-12);
        Assert.Equal(Math.Sqrt(cosines.Sum(value => Math.Pow(value - cosines.Average(), 2)) / 5), expected.GetGradientCosineDeviation("A", "C"), 1e-12);
        Assert.Equal("No single-task twins were trained.", expected.SimilarityProblem);
        Assert.True(double.IsNaN(expected.GetSimilarity("A", "B")));
    }

    [Fact]
    public void A_history_that_was_not_sampled_is_refused()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Options(epochs: 1)).Fit(AffinityRow.Load(_ml, 1));

        Assert.Contains("AffinitySamplingInterval", Assert.Throws<ArgumentException>(() => TaskAffinity.FromHistory(model.History!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_alone_are_told_too()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = AffinityRow.Tasks, MaximumNumberOfEpochs = 2, Balancing = TaskBalancing.PCGrad() }).Fit(AffinityRow.Load(_ml, 1));
        TaskAffinity affinity = TaskAffinity.FromHistory(model.History!);

        Assert.True(double.IsNaN(affinity.GetLookAhead("A", "B")));
        Assert.InRange(affinity.GetGradientCosine("A", "B"), -1, 1);
        Assert.Equal((2, 0L), (affinity.NumberOfEpochs, affinity.NumberOfSteps));
        Assert.DoesNotContain("What a step", affinity.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_are_other_trainings_and_all_of_it_is_told()
    {
        var told = new List<TaskAffinityProgress>();
        var epochs = new List<TrainingProgress>();
        HardParameterSharingOptions options = AffinityRow.Options(epochs: 2);
        var trainer = _ml.MultiTask.Trainers.HardParameterSharing((HardParameterSharingOptions)options.With(options.Run with { Progress = new Report(epochs.Add) }));
        TaskAffinity once = Measure(trainer, new TaskAffinityOptions());
        epochs.Clear();
        TaskAffinity twice = Measure(trainer, new TaskAffinityOptions { NumberOfSeeds = 2, Progress = new Listener(told.Add) });

        Assert.Equal((2, 4, 2), (once.NumberOfEpochs, twice.NumberOfEpochs, twice.NumberOfSeeds));
        Assert.NotEqual(once.GetLookAhead("A", "B"), twice.GetLookAhead("A", "B"));
        Assert.NotEqual(once.GetSimilarity("A", "B"), twice.GetSimilarity("A", "B"));
        Assert.Equal([null, "A", "B", "C", null, "A", "B", "C"], told.Select(report => report.TaskName));
        Assert.Equal(Enumerable.Range(1, 8), told.Select(report => report.Training));
        Assert.All(told, report => Assert.Equal(8, report.NumberOfTrainings));
        Assert.Equal([1, 2, 1, 2], epochs.Select(report => report.Epoch));
        Assert.All(epochs, report => Assert.Equal(6, report.Affinity!.NumberOfSteps));
    }

    [Fact]
    public void Preprocessing_is_fitted_and_rows_are_drawn_by_the_seed()
    {
        IDataView data = AffinityRow.Load(_ml, 1);
        var scaling = _ml.Transforms.NormalizeMeanVariance("Scaled", "Features", fixZero: false);
        HardParameterSharingOptions options = new() { Tasks = AffinityRow.Tasks, FeatureColumnName = "Scaled", SharedLayers = [4], Activation = Activation.Tanh, LearningRate = 0.05, MaximumNumberOfEpochs = 5, Seed = 5 };
        string Run(int rows) => _ml.MultiTask.MeasureAffinity(data, scaling, _ml.MultiTask.Trainers.HardParameterSharing(options), new TaskAffinityOptions { MaximumNumberOfRows = rows }).ToString();

        Assert.Equal(Run(50), Run(50));
        Assert.NotEqual(Run(50), Run(60));
        Assert.Equal(Run(AffinityRow.Count), Run(1000));
        Assert.Contains("'Scaled'", Assert.Throws<ArgumentException>(() => Measure(_ml.MultiTask.Trainers.HardParameterSharing(options), new TaskAffinityOptions())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void Every_trainer_whose_tasks_share_is_measured(string trainerName)
    {
        IDataView data = TestData.View(_ml);
        int networks = trainerName is "Ensemble" or "MutualLearning" or "TaskGroups" ? 2 : 1;
        bool hasTap = trainerName is not ("CrossStitch" or "ProgressiveLayeredExtraction" or "Ensemble");
        TaskAffinity affinity = _ml.MultiTask.MeasureAffinity(data, null, TrainerCases.Create(trainerName, _ml));

        Assert.Equal(2 * networks, affinity.NumberOfEpochs);
        Assert.All(affinity.TaskNames, from => Assert.All(affinity.TaskNames, to =>
        {
            // Tasks of different groups never meet.
            bool meet = trainerName != "TaskGroups" || TrainerCases.GetTrainedTasks(trainerName, [.. affinity.TaskNames]).Any(group => group.Contains(from) && group.Contains(to));
            Assert.Equal(meet, affinity.GetLookAhead(from, to) is >= -5 and <= 1);
            Assert.Equal(meet, affinity.GetGradientCosine(from, to) is >= -1 and <= 1);
            Assert.Equal(hasTap, affinity.GetSimilarity(from, to) is >= 0 and <= 1);
        }));
        Assert.Equal(hasTap, affinity.SimilarityProblem is null);
        Assert.Equal(!hasTap, affinity.ToString().Contains("no last shared layer", StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_that_share_no_parameters_are_refused() =>
        Assert.All<Func<MultiTaskTrainer, MultiTaskTrainer>>([trainer => trainer, trainer => _ml.MultiTask.Trainers.Ensemble(trainer, numberOfMembers: 2)], wrap =>
        {
            string message = Assert.Throws<ArgumentException>(() => Measure(wrap(_ml.MultiTask.Trainers.SoftParameterSharing(AffinityRow.Tasks)), new TaskAffinityOptions())).Message;
            Assert.Contains("MeasureAffinity", message, StringComparison.Ordinal);
            Assert.Contains("the network SoftParameterSharing", message, StringComparison.Ordinal);
            Assert.StartsWith("In training 1, together: ", message, StringComparison.Ordinal);
        });

    [Fact]
    public void Twins_can_t_go_on_from_a_model_of_other_tasks()
    {
        IDataView data = AffinityRow.Load(_ml, 1);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Tasks, maximumNumberOfEpochs: 1).Fit(data);
        var trainer = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = AffinityRow.Tasks, MaximumNumberOfEpochs = 1, InitialModel = model });

        Assert.Contains("ComparesTwins", Assert.Throws<ArgumentException>(() => Measure(trainer, new TaskAffinityOptions())).Message, StringComparison.Ordinal);
        Assert.Equal(1, Measure(trainer, new TaskAffinityOptions { ComparesTwins = false }).NumberOfEpochs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Either_token_ends_it_also_where_the_trainer_would_give_its_best(bool own)
    {
        using var trainers = new CancellationTokenSource();
        using var measures = new CancellationTokenSource();
        CancellationTokenSource cancelled = own ? measures : trainers;
        var trainer = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = AffinityRow.Tasks,
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = trainers.Token,
            Progress = new Report(_ => cancelled.Cancel()),
        });

        var error = Assert.Throws<OperationCanceledException>(() => Measure(trainer, new TaskAffinityOptions { CancellationToken = measures.Token }));
        Assert.Equal(cancelled.Token, error.CancellationToken);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        (TaskAffinityOptions Options, string Name)[] mistakes =
        [
            (new() { SamplingInterval = 0 }, nameof(TaskAffinityOptions.SamplingInterval)),
            (new() { NumberOfSeeds = 0 }, nameof(TaskAffinityOptions.NumberOfSeeds)),
            (new() { MaximumNumberOfRows = 1 }, nameof(TaskAffinityOptions.MaximumNumberOfRows)),
        ];
        Assert.All(mistakes, mistake => Assert.Contains($"Option {mistake.Name} is ", Assert.Throws<ArgumentException>(() => Measure(_ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Tasks), mistake.Options)).Message, StringComparison.Ordinal));
    }

    private TaskAffinity Measure(MultiTaskTrainer trainer, TaskAffinityOptions options, uint seed = 1) => _ml.MultiTask.MeasureAffinity(AffinityRow.Load(_ml, seed), null, trainer, options);

    private sealed class Listener(Action<TaskAffinityProgress> then) : IProgress<TaskAffinityProgress>
    {
        public void Report(TaskAffinityProgress value) => then(value);
    }
}
