using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Groups of tasks by what training tells of them.</summary>
public sealed class SuggestGroupsTests
{
    private const int FeatureCount = 6;

    private static readonly string[] _names = ["A1", "B1", "A2", "B2", "A3", "B3"];

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Two_planted_groups_of_three_are_found_in_nine_of_ten_seeds_at_least()
    {
        int found = Enumerable.Range(1, 10).Count(seed =>
        {
            TaskGrouping grouping = _ml.MultiTask.SuggestGroups(
                Draw(seed), null, Trainer(seed), numberOfNetworks: 2, new TaskGroupingOptions { Affinity = new TaskAffinityOptions { NumberOfSeeds = 3, SamplingInterval = 4, ComparesTwins = false } });
            return grouping.Best.ToString() == "[A1, A2, A3], [B1, B2, B3]" && grouping.TotalEffect > grouping.AllInOne.TotalEffect;
        });

        Assert.InRange(found, 9, 10);
    }

    [Theory]
    [InlineData(TaskAffinityMeasure.GradientCosine)]
    [InlineData(TaskAffinityMeasure.Similarity)]
    public void They_are_found_by_other_measures_too(TaskAffinityMeasure measure)
    {
        var affinity = new TaskAffinityOptions { SamplingInterval = 10, ComparesTwins = measure == TaskAffinityMeasure.Similarity };
        int found = Enumerable.Range(1, 5).Count(seed =>
            _ml.MultiTask.SuggestGroups(Draw(seed), null, Trainer(seed), 2, new TaskGroupingOptions { Measure = measure, Affinity = affinity }).Best.ToString() == "[A1, A2, A3], [B1, B2, B3]");

        Assert.InRange(found, 4, 5);
    }

    [Fact]
    public void What_groups_are_worth_is_measured_on_request()
    {
        (TaskGrouping grouping, List<ComparisonProgress> told) = Measure(Draw(1), numberOfNetworks: 2);

        Assert.Equal(_names, grouping.Measured!.Tasks.Select(task => task.TaskName));
        Assert.All(grouping.Measured.Tasks.Zip(grouping.AllInOneMeasured!.Tasks), pair => Assert.Equal(pair.First.Main.OtherValues, pair.Second.Main.OtherValues));
        Assert.True(grouping.Measured.Tasks.Average(task => task.Main.MultiTaskMean) > grouping.AllInOneMeasured.Tasks.Average(task => task.Main.MultiTaskMean) + 0.1);
        Assert.Contains("Measured against a network for each task", grouping.ToString(), StringComparison.Ordinal);
        Assert.Contains("Measured against a network for each task", grouping.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("Measured: groups against one network for all", grouping.ToMarkdown(), StringComparison.Ordinal);
        Assert.Equal(grouping.Measured["B2"].Main.Improvement, grouping.ToDataView(_ml).GetColumn<double>("MeasuredImprovement").ElementAt(3));
        Assert.Equal(grouping.AllInOneMeasured["B2"].Main.Improvement, grouping.ToDataView(_ml).GetColumn<double>("AllInOneImprovement").ElementAt(3));
        Assert.Equal(grouping.AgainstAllInOne["B2"].Improvement, grouping.ToDataView(_ml).GetColumn<double>("ImprovementOnAllInOne").ElementAt(3));

        // Networks alone are the same beside groups as beside one network, and trained once.
        Assert.Equal(["all in one", .. _names.Select(name => $"'{name}' alone"), "in groups"], told.Take(8).Select(progress => progress.Stage));
        Assert.Equal((3 * 8) + 1, told.Count);
        Assert.Equal(told[^1].Total, told[^1].Completed);
    }

    [Fact]
    public void What_is_measured_is_what_two_comparisons_by_themselves_give()
    {
        IDataView data = Draw(1, missing: row => row.A1 = float.NaN);
        (TaskGrouping grouping, _) = Measure(data, numberOfNetworks: 2, seed: 5);
        var options = new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 3, Seed = 5 };
        MultiTaskTrainer trainer = Trainer(1, width: 1, epochs: 20);
        void AreSame(SingleTaskComparison expected, SingleTaskComparison actual)
        {
            Assert.Equal(expected.Tasks.Select(task => task.Main.MultiTaskValues), actual.Tasks.Select(task => task.Main.MultiTaskValues));
            Assert.Equal(expected.Tasks.Select(task => task.Main.OtherValues), actual.Tasks.Select(task => task.Main.OtherValues));
            Assert.Equal(expected.Tasks.Select(task => task.Main.AdjustedPValue), actual.Tasks.Select(task => task.Main.AdjustedPValue));
            Assert.Equal((expected.MultiTaskCost.ParameterCount, expected.SingleTaskCost.ParameterCount), (actual.MultiTaskCost.ParameterCount, actual.SingleTaskCost.ParameterCount));
        }

        SingleTaskComparison allInOne = _ml.MultiTask.CompareWithSingleTask(data, null, trainer, options);
        AreSame(allInOne, grouping.AllInOneMeasured!);
        AreSame(_ml.MultiTask.CompareWithSingleTask(data, null, _ml.MultiTask.Trainers.TaskGroups(trainer, grouping.Groups), options), grouping.Measured!);

        // Files tell how long trainings took, in more or fewer digits.
        Assert.InRange(grouping.AllInOneMeasured!.SingleTaskCost.FileSize!.Value, 0.97 * allInOne.SingleTaskCost.FileSize!.Value, 1.03 * allInOne.SingleTaskCost.FileSize!.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_token_ends_all_of_it(bool ofComparison)
    {
        using var cancellation = new CancellationTokenSource();
        var told = new List<ComparisonProgress>();
        void CancelInComparison(ComparisonProgress progress)
        {
            told.Add(progress);
            cancellation.Cancel();
        }

        // The token of each is cancelled while the other works.
        var trainer = ofComparison ? Trainer(1, epochs: 1_000_000) : Trainer(1, epochs: 1);
        if (ofComparison)
        {
            cancellation.CancelAfter(TimeSpan.FromSeconds(0.5));
        }

        OperationCanceledException e = Assert.ThrowsAny<OperationCanceledException>(() => _ml.MultiTask.SuggestGroups(Draw(1), null, trainer, 2, new TaskGroupingOptions
        {
            Affinity = new TaskAffinityOptions { ComparesTwins = false, CancellationToken = ofComparison ? default : cancellation.Token },
            Comparison = new SingleTaskComparisonOptions { NumberOfFolds = 2, CancellationToken = ofComparison ? cancellation.Token : default, Progress = new Listener<ComparisonProgress>(CancelInComparison) },
        }));

        Assert.Equal(cancellation.Token, e.CancellationToken);
        Assert.Equal(ofComparison ? 0 : 1, told.Count);
    }

    [Fact]
    public void Groups_are_compared_with_one_network_fold_by_fold()
    {
        (TaskGrouping grouping, _) = Measure(Draw(1), numberOfNetworks: 2);

        Assert.Equal(_names, grouping.AgainstAllInOne.Keys);
        Assert.All(_names, name =>
        {
            PairedComparison own = grouping.AgainstAllInOne[name];
            Assert.Equal(grouping.Measured![name].Main.MultiTaskValues, own.MultiTaskValues);
            Assert.Equal(grouping.AllInOneMeasured![name].Main.MultiTaskValues, own.OtherValues);
            Assert.Equal(grouping.Measured[name].Main.Improvement - grouping.AllInOneMeasured[name].Main.Improvement, own.Improvement, 1e-12);
            Assert.InRange(own.AdjustedPValue, own.PValue, 1);
            Assert.InRange(own.Improvement, own.LowerBound, own.UpperBound);
        });
    }

    [Fact]
    public void A_network_alone_takes_the_steps_of_its_group_where_labels_are_missing()
    {
        IDataView data = Draw(1, missing: row => row.A1 = float.NaN);
        (TaskGrouping grouping, List<ComparisonProgress> told) = Measure(data, numberOfNetworks: 6);

        // Among all tasks the network passes over the few rows more often than by itself.
        Assert.Equal(grouping.Measured!["A1"].Main.MultiTaskValues, grouping.Measured["A1"].Main.OtherValues);
        Assert.NotEqual(grouping.Measured["A1"].Main.OtherValues, grouping.AllInOneMeasured!["A1"].Main.OtherValues);
        Assert.Equal(grouping.Measured["B1"].Main.OtherValues, grouping.AllInOneMeasured["B1"].Main.OtherValues);
        Assert.Equal((3 * 9) + 1, told.Count);
        Assert.Equal(told[^1].Total, told[^1].Completed);
    }

    [Fact]
    public void One_group_is_one_network()
    {
        (TaskGrouping grouping, List<ComparisonProgress> told) = Measure(Draw(1), numberOfNetworks: 1);

        Assert.Same(grouping.AllInOneMeasured, grouping.Measured);
        Assert.All(grouping.AgainstAllInOne.Values, own => Assert.Equal(0, own.Improvement));
        Assert.Equal((3 * 7) + 1, told.Count);
    }

    [Fact]
    public void The_groups_are_trained_as_they_are()
    {
        MultiTaskTrainer trainer = Trainer(1);
        TaskGrouping grouping = _ml.MultiTask.SuggestGroups(Draw(1), null, trainer, 2);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.TaskGroups(trainer, grouping.Groups).Fit(Draw(1));

        Assert.Equal(_names, model.Tasks.Select(task => task.Name));
        Assert.Equal(2, model.Members.Count);
        Assert.Null(grouping.Measured);
        Assert.Same(grouping.Affinity!.TaskNames, grouping.Affinity.SuggestGroups(3).Affinity!.TaskNames);
    }

    [Fact]
    public void What_can_not_be_asked_is_told()
    {
        void Says(string words, Action act) => Assert.Contains(words, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        TaskAffinity untwinned = _ml.MultiTask.MeasureAffinity(Draw(1), null, Trainer(1), new TaskAffinityOptions { ComparesTwins = false });

        Says("The number of networks is 7", () => _ml.MultiTask.SuggestGroups(Draw(1), null, Trainer(1), 7));
        Says("Option Measure", () => _ml.MultiTask.SuggestGroups(Draw(1), null, Trainer(1), 2, new TaskGroupingOptions { Measure = (TaskAffinityMeasure)9 }));
        Says("ComparesTwins", () => _ml.MultiTask.SuggestGroups(Draw(1), null, Trainer(1), 2, new TaskGroupingOptions { Measure = TaskAffinityMeasure.Similarity, Affinity = new TaskAffinityOptions { ComparesTwins = false } }));
        Says("NumberOfFolds", () => _ml.MultiTask.SuggestGroups(Draw(1), null, Trainer(1), 2, new TaskGroupingOptions { Comparison = new SingleTaskComparisonOptions { NumberOfFolds = 1 } }));
        Says("one task, 'A1'", () => _ml.MultiTask.SuggestGroups(
            Draw(1), null, _ml.MultiTask.Trainers.HardParameterSharing([PredictionTask.Regression("A1")]), 1, new TaskGroupingOptions { Comparison = new SingleTaskComparisonOptions() }));
        Says("No single-task twins", () => untwinned.SuggestGroups(2, TaskAffinityMeasure.Similarity));
        MultiTaskTrainer groups = _ml.MultiTask.Trainers.TaskGroups(Trainer(1), ["A1", "A2", "A3"], ["B1", "B2", "B3"]);
        Says("keeps tasks apart in groups", () => _ml.MultiTask.SuggestGroups(Draw(1), null, groups, 2));
        Says("keeps tasks apart in groups", () => _ml.MultiTask.SuggestGroups(Draw(1), null, _ml.MultiTask.Trainers.Ensemble([Trainer(1), groups]), 2));
        Says("none of the measures", () => untwinned.SuggestGroups(2, (TaskAffinityMeasure)9));
    }

    private (TaskGrouping Grouping, List<ComparisonProgress> Told) Measure(IDataView data, int numberOfNetworks, int? seed = null)
    {
        var told = new List<ComparisonProgress>();
        TaskGrouping grouping = _ml.MultiTask.SuggestGroups(data, null, Trainer(1, width: 1, epochs: 20), numberOfNetworks, new TaskGroupingOptions
        {
            Affinity = new TaskAffinityOptions { SamplingInterval = 8, ComparesTwins = false },
            Comparison = new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 3, Seed = seed, Progress = new Listener<ComparisonProgress>(told.Add) },
        });
        return (grouping, told);
    }

    private HardParameterSharingTrainer Trainer(int seed, int width = 2, int epochs = 40) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = [.. _names.Select(name => PredictionTask.Regression(name))],
        SharedLayers = [width],
        HeadLayers = [],
        Activation = Activation.Tanh,
        BatchSize = 32,
        LearningRate = 0.02,
        MaximumNumberOfEpochs = epochs,
        Seed = seed,
        NumberOfThreads = 1,
    });

    /// <summary>Tasks A follow one direction of the features, and tasks B another.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="missing">What takes labels of three rows of four away; null for nothing.</param>
    private IDataView Draw(int seed, Action<Row>? missing = null)
    {
        var random = new MlNetMultiTask.Training.CounterRandom((ulong)seed, 0);
        Row DrawRow()
        {
            float[] x = [.. Enumerable.Range(0, FeatureCount).Select(_ => (float)((2 * random.NextDouble()) - 1))];
            (double a, double b) = (Math.Sin(1.5 * (x[0] + x[1] - x[2])), Math.Sin(1.5 * (x[3] - x[4] + x[5])));
            float Noisy(double value) => (float)(value + (0.5 * (random.NextDouble() - 0.5)));
            return new Row { Features = x, A1 = Noisy(a), A2 = Noisy(-2 * a), A3 = Noisy(1.5 * a), B1 = Noisy(b), B2 = Noisy(-2 * b), B3 = Noisy(1.5 * b) };
        }

        Row[] rows = [.. Enumerable.Range(0, 300).Select(_ => DrawRow())];
        Array.ForEach([.. rows.Where((_, i) => i % 4 > 0)], row => missing?.Invoke(row));
        return _ml.Data.LoadFromEnumerable(rows);
    }

    private sealed class Listener<T>(Action<T> listen) : IProgress<T>
    {
        public void Report(T value) => listen(value);
    }

    private sealed class Row
    {
        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];

        public float A1 { get; set; }

        public float A2 { get; set; }

        public float A3 { get; set; }

        public float B1 { get; set; }

        public float B2 { get; set; }

        public float B3 { get; set; }
    }
}
