using Microsoft.ML;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>The comparison of a multi-task trainer with networks for single tasks.</summary>
public sealed class CompareWithSingleTaskTests
{
    private const int Seed = 3;

    private readonly MLContext _ml = new(1);

    private IEstimator<ITransformer> Preprocessing => _ml.Transforms.Conversion.MapValueToKey("Color");

    [Fact]
    public void All_are_measured_on_the_same_rows_in_every_repeat_and_fold()
    {
        SingleTaskComparison comparison = Compare();

        Assert.Equal(TestData.Tasks().Select(task => task.Name), comparison.Tasks.Select(task => task.TaskName));
        Assert.All(comparison.Tasks, task =>
        {
            Assert.Equal(4, task.Main.MultiTaskValues.Count);
            Assert.Equal(4, task.Main.PairCount);
            Assert.Equal(60, task.RowCount);
            Assert.Equal(task.Main.MultiTaskMean - task.Main.OtherMean, task.Main.Improvement, 1e-12);
            Assert.InRange(task.Main.Improvement, task.Main.LowerBound, task.Main.UpperBound);
        });
        Assert.Contains("'Other'", Assert.Throws<ArgumentException>(() => comparison["Other"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fold_is_what_training_by_hand_gives_together_and_alone()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("Size", lossWeight: 3), PredictionTask.BinaryClassification("Big")];
        TrainerSetup setup = new() { Balancing = TaskBalancing.Fixed(("Size", 2f)), ValidationFraction = 0.2f, EarlyStopping = new EarlyStopping { Monitor = EarlyStoppingMonitor.Loss("Big"), Patience = 1 } };
        SingleTaskComparison comparison = Compare(trainer: Create(setup with { Tasks = tasks }));
        int[] assigned = RowFolds.Read(TestData.Raw(_ml), 2, null, null, CancellationToken.None).Assign(2, new CounterRandom(Seed, (uint)RandomStream.Folds, 1));
        var seeds = new CounterRandom(Seed, (uint)RandomStream.Comparison, 1);
        seeds.NextUInt64();
        ulong seed = seeds.NextUInt64();
        double Measure(MultiTaskTrainer trainer, PredictionTask task)
        {
            IDataView Part(bool isTest) => _ml.Data.LoadFromEnumerable(TestData.Rows().Where((_, i) => assigned[i] == 1 == isTest));
            using MultiTaskTransformer model = trainer.With(new TrainerVariation { Seed = seed }).Fit(Part(isTest: false));
            return _ml.MultiTask.Evaluate(model.Transform(Part(isTest: true)), [task])[task.Name].Values[task.MetricName];
        }

        // Alone there is nothing to balance, and no other task to watch.
        TrainerSetup alone = setup with { Tasks = [PredictionTask.Regression("Size")], Balancing = TaskBalancing.Sum(), EarlyStopping = new EarlyStopping { Patience = 1 } };
        Assert.Equal(Measure(Create(setup with { Tasks = tasks }), tasks[0]), comparison["Size"].Main.MultiTaskValues[3]);
        Assert.Equal(Measure(Create(alone), tasks[0]), comparison["Size"].Main.OtherValues[3]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_and_another_gives_others()
    {
        string first = Describe(Compare());

        Assert.Equal(first, Describe(Compare()));
        Assert.NotEqual(first, Describe(Compare(new SingleTaskComparisonOptions { NumberOfFolds = 2, Seed = Seed + 1 })));
    }

    [Fact]
    public void Without_preprocessing_the_data_go_to_the_trainer_as_they_are()
    {
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(TestData.View(_ml), null, Create(new TrainerSetup()), new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2 });

        Assert.Equal(2, comparison["Color"].Main.PairCount);
    }

    [Fact]
    public void Rows_of_one_key_stay_together_and_folds_get_their_share_of_a_label()
    {
        SingleTaskComparison byGrade = Compare(new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 3, SamplingKeyColumnName = "Grade" });
        SingleTaskComparison stratified = Compare(new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, StratificationTask = "Color" });

        // Each fold is a class that no other fold has.
        Assert.Equal(60, byGrade["Color"].UnseenLabelCount);
        Assert.Equal(0, byGrade["Color"].Main.MultiTaskMean);
        Assert.Contains("Color: 60 rows of a repeat have a label that no other fold has", byGrade.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, stratified["Color"].UnseenLabelCount);
    }

    [Fact]
    public void Chosen_metrics_are_compared_and_the_first_is_judged()
    {
        SingleTaskComparison comparison = Compare(new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            Metrics = new Dictionary<string, IReadOnlyList<string>> { ["Size"] = ["RootMeanSquaredError", "RSquared"] },
        });
        PairedComparison error = comparison["Size"].Main;

        Assert.Equal(["RootMeanSquaredError", "RSquared"], comparison["Size"].Metrics.Select(metric => metric.Metric));
        Assert.True(error.IsLowerBetter);
        Assert.Equal(error.OtherMean - error.MultiTaskMean, error.Improvement, 1e-12);
    }

    [Fact]
    public void Costs_are_those_of_one_model_and_of_all_the_others_together()
    {
        MultiTaskTrainer trainer = Create(new TrainerSetup());
        SingleTaskComparison comparison = Compare(trainer: trainer);
        long Count(MultiTaskTrainer own)
        {
            using MultiTaskTransformer model = own.Fit(TestData.View(_ml));
            return model.Summary().NumberOfParameters;
        }

        Assert.Equal(Count(trainer), comparison.MultiTaskCost.ParameterCount);
        Assert.Equal(TestData.Tasks().Sum(task => Count(trainer.With(TrainerVariation.Alone(task)))), comparison.SingleTaskCost.ParameterCount);
        Assert.All([comparison.MultiTaskCost, comparison.SingleTaskCost], cost =>
        {
            Assert.True(cost.TrainingSeconds > 0);
            Assert.True(cost.ScoringSeconds > 0);
            Assert.True(cost.FileSize > 3 * cost.ParameterCount);
        });
    }

    [Fact]
    public void A_task_with_fewer_labels_alone_takes_as_many_steps()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("Big")];
        Example[] rows = TestData.Rows();
        for (int i = 0; i < rows.Length; i += 2)
        {
            rows[i].Size = float.NaN;
        }

        double CompareSize(bool equalSteps, TrainerSetup? setup = null)
        {
            SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
                _ml.Data.LoadFromEnumerable(rows), null, Create((setup ?? new TrainerSetup()) with { Tasks = tasks, BatchSize = 1 }), new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = Seed, EqualSteps = equalSteps });
            return comparison["Size"].Main.OtherValues[0];
        }

        // 30 training rows, of which about 15 have a size; 2 epochs of the one are about 4 of the other.
        Assert.NotEqual(CompareSize(equalSteps: false), CompareSize(equalSteps: true));
        int[] assigned = RowFolds.Read(TestData.Raw(_ml), 2, null, null, CancellationToken.None).Assign(2, new CounterRandom(Seed, (uint)RandomStream.Folds));
        int labelled = rows.Where((row, i) => assigned[i] != 0 && !float.IsNaN(row.Size)).Count();
        int epochs = (int)Math.Round(2 * 30.0 / labelled);
        Assert.Equal(CompareSize(equalSteps: false, new TrainerSetup { MaximumNumberOfEpochs = epochs }), CompareSize(equalSteps: true));
    }

    [Fact]
    public void A_group_of_one_task_is_its_network_alone_however_few_labels_it_has()
    {
        Example[] rows = TestData.Rows();
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Size = i % 4 == 0 ? rows[i].Size : float.NaN;
        }

        MultiTaskTrainer trainer = Create(new TrainerSetup { Tasks = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("Big")], BatchSize = 4 });
        MultiTaskTrainer groups = _ml.MultiTask.Trainers.TaskGroups(trainer, ["Size"], ["Big"]);
        Assert.All([groups, _ml.MultiTask.Trainers.TaskGroups(groups, ["Big"], ["Size"])], own =>
        {
            SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(_ml.Data.LoadFromEnumerable(rows), null, own, new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = Seed });

            Assert.Equal(comparison["Size"].Main.OtherValues, comparison["Size"].Main.MultiTaskValues);
            Assert.Equal(TransferVerdict.NoDifference, comparison["Size"].Verdict);
        });
    }

    [Fact]
    public void Fewer_labels_are_measured_share_by_share()
    {
        SingleTaskComparison comparison = Compare(new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Big", Shares = [0.2, 0.5, 1] },
        });

        Assert.Equal("Big", comparison.LabelEfficiencyTask);
        Assert.Equal([0.2, 0.5, 1], comparison.LabelEfficiency.Select(point => point.Share));
        Assert.InRange(comparison.LabelEfficiency[0].LabelCount, 6, 7);
        Assert.InRange(comparison.LabelEfficiency[1].LabelCount, 15, 16);
        Assert.Equal(30, comparison.LabelEfficiency[2].LabelCount);
        Assert.Equal(comparison["Big"].Main.MultiTaskValues, comparison.LabelEfficiency[2].Comparison.MultiTaskValues);
        Assert.Equal(comparison["Big"].Main.OtherValues, comparison.LabelEfficiency[2].Comparison.OtherValues);
        Assert.Contains("Label efficiency of Big: Accuracy", comparison.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Coarse_figures_that_are_equal_prove_nothing()
    {
        // Both networks are right in each of few rows, and give other probabilities.
        Example[] rows = [.. TestData.Rows(400).Where(row => MathF.Abs(row.Size - 50) > 9)];
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
            TestData.Map(_ml, rows.Take(24)), null, Create(new TrainerSetup { MaximumNumberOfEpochs = 60, Tasks = [PredictionTask.BinaryClassification("Big"), PredictionTask.MultilabelClassification("Tags")] }), new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = Seed, Metrics = new Dictionary<string, IReadOnlyList<string>> { ["Big"] = ["Accuracy", "LogLoss"] } });
        ComparedTask task = comparison["Big"];

        Assert.Equal(task.Main.OtherValues, task.Main.MultiTaskValues);
        Assert.NotEqual(task.Metrics[1].OtherValues, task.Metrics[1].MultiTaskValues);
        Assert.Equal(TransferVerdict.Undecided, task.Verdict);
        Assert.True(double.IsNaN(task.EquivalencePValue) && double.IsNaN(task.Main.PValue) && double.IsNaN(task.Main.LowerBound));
    }

    [Fact]
    public void A_class_that_no_training_row_has_is_wrong_also_where_keys_have_a_name_of_their_own()
    {
        Example[] rows = TestData.Rows();
        rows[7].Color = "violet";
        rows[8].Color = "";
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Color", labelColumnName: "ColorKey"), PredictionTask.Regression("Size")];
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
            _ml.Data.LoadFromEnumerable(rows), _ml.Transforms.Conversion.MapValueToKey("ColorKey", "Color"), Create(new TrainerSetup { Tasks = tasks }), new SingleTaskComparisonOptions { NumberOfRepeats = 2, NumberOfFolds = 3 });

        Assert.Equal((1, 59), (comparison["Color"].UnseenLabelCount, comparison["Color"].RowCount));
    }

    [Fact]
    public void Baselines_learn_the_labelled_rows_behind_the_preprocessing_and_stand_in_the_table()
    {
        Example[] rows = TestData.Rows();
        for (int i = 0; i < rows.Length; i += 7)
        {
            rows[i].Size = float.NaN;
            rows[i].Color = "";
        }

        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(_ml.Data.LoadFromEnumerable(rows), Preprocessing, Create(new TrainerSetup()), new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 3,
            Baselines =
            [
                new TaskBaseline("Size", "Linear", _ml.Regression.Trainers.LbfgsPoissonRegression("Size")),
                new TaskBaseline("Size", "Ols | \n", _ml.Regression.Trainers.OnlineGradientDescent("Size")),
                new TaskBaseline("Color", "Sdca", _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Color")),
                new TaskBaseline("Big", "Sdca", _ml.BinaryClassification.Trainers.SdcaLogisticRegression("Big")),
            ],
        });

        Assert.Equal(["Linear", "Ols | \n"], comparison["Size"].Baselines.Select(baseline => baseline.Name));
        Assert.Empty(comparison["Tags"].Baselines);
        Assert.All(comparison.Tasks.SelectMany(task => task.Baselines), baseline => Assert.Equal(3, baseline.Metrics[0].PairCount));
        Assert.InRange(comparison["Size"].Baselines[0].Metrics[0].OtherMean, 0.01, 1);
        Assert.InRange(comparison["Color"].Baselines[0].Metrics[0].OtherMean, 0.5, 1);
        Assert.InRange(comparison["Big"].Baselines[0].Metrics[0].OtherMean, 0.6, 1);
        Assert.All(comparison.ToMarkdown().Split('\n').Where(line => line.Contains("Ols", StringComparison.Ordinal)), line => Assert.Contains(@"Ols \|", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Figures_are_data_too()
    {
        SingleTaskComparison comparison = Compare(new SingleTaskComparisonOptions
        {
            NumberOfFolds = 2,
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Big", Shares = [0.5, 1] },
            Baselines = [new TaskBaseline("Size", "Descent", _ml.Regression.Trainers.OnlineGradientDescent("Size"))],
        });
        SingleTaskComparisonRow[] rows = [.. _ml.Data.CreateEnumerable<ReadRow>(comparison.ToDataView(_ml), reuseRowObject: false).Select(row => row.ToRow())];

        Assert.Equal((4 + 1 + 1) * 4, rows.Length);
        Assert.Equal(comparison["Size"].Main.MultiTaskValues, rows.Where(row => row is { Task: "Size", Against: "alone" }).Select(row => row.MultiTask));
        Assert.Equal(comparison["Size"].Baselines[0].Metrics[0].OtherValues, rows.Where(row => row.Against == "Descent").Select(row => row.Other));
        Assert.Equal([(1, 1), (1, 2), (2, 1), (2, 2)], rows.Where(row => row.LabelShare == 0.5).Select(row => (row.Repeat, row.Fold)));
    }

    [Fact]
    public void Progress_is_told_before_each_training_and_at_the_end()
    {
        var told = new List<ComparisonProgress>();
        Compare(new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Size", Shares = [0.5, 1] },
            Progress = new Listener(told.Add),
        });

        Assert.Equal(2 * (1 + 4 + 2), told[0].Total);
        Assert.Equal(Enumerable.Range(0, told[0].Total + 1), told.Select(progress => progress.Completed));
        Assert.Equal(["together", "'Color' alone", "'Big' alone", "'Size' alone", "'Tags' alone", "together, with 50 % of the labels of 'Size'", "alone, with 50 % of the labels of 'Size'"], told.Take(7).Select(progress => progress.Stage));
        Assert.Equal("14 of 14: repeat 1, fold 2, done", told[^1].ToString());
        Assert.Equal(TimeSpan.Zero, told[^1].Remaining);
        Assert.Null(told[0].Remaining);
    }

    [Fact]
    public void A_name_with_layout_does_not_break_the_titles()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("a|b\n*c*", labelColumnName: "Size"), PredictionTask.BinaryClassification("Big")];
        SingleTaskComparison comparison = Compare(
            new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, LabelEfficiency = new LabelEfficiencyOptions { TaskName = tasks[0].Name, Shares = [1] } }, Create(new TrainerSetup { Tasks = tasks }));

        Assert.Contains("Label efficiency of a|b *c*: RSquared", comparison.ToString(), StringComparison.Ordinal);
        Assert.Contains(@"**Label efficiency of a\|b \*c\*: RSquared with a share of its labels**", comparison.ToMarkdown(), StringComparison.Ordinal);
        Assert.StartsWith("a|b *c*: ", comparison.Tasks[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_the_same_labels_are_trained_once()
    {
        var told = new List<ComparisonProgress>();
        SingleTaskComparison comparison = Compare(new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Big", Shares = [0.01, 0.02, 0.9999] },
            Progress = new Listener(told.Add),
        });

        // One label of each class is the least, and so many of nearly all are all.
        Assert.Equal([2, 2, 30], comparison.LabelEfficiency.Select(point => point.LabelCount));
        Assert.Equal(comparison.LabelEfficiency[0].Comparison.MultiTaskValues, comparison.LabelEfficiency[1].Comparison.MultiTaskValues);
        Assert.Equal(comparison["Big"].Main.OtherValues, comparison.LabelEfficiency[2].Comparison.OtherValues);
        Assert.Equal(["together, with 1 % of the labels of 'Big'", "alone, with 1 % of the labels of 'Big'"], told.Take(7).Skip(5).Select(progress => progress.Stage));
        Assert.Equal(22, told[0].Total);
        Assert.Equal((14, 14, 15), (told[^1].Completed, told[^1].Total, told.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void It_can_be_cancelled_by_its_own_token_between_trainings(int after)
    {
        using var cancellation = new CancellationTokenSource();
        OperationCanceledException e = Assert.ThrowsAny<OperationCanceledException>(() => Compare(new SingleTaskComparisonOptions
        {
            NumberOfFolds = 2,
            CancellationToken = cancellation.Token,
            Progress = new Listener(progress =>
            {
                if (progress.Completed == after)
                {
                    cancellation.Cancel();
                }
            }),
        }));

        Assert.Equal(cancellation.Token, e.CancellationToken);
    }

    [Fact]
    public void The_trainers_token_ends_it_too_whatever_a_cancelled_training_would_give()
    {
        using var cancellation = new CancellationTokenSource();
        MultiTaskTrainer trainer = Create(new TrainerSetup { CancellationToken = cancellation.Token, OnCancellation = OnCancellation.ReturnBest, MaximumNumberOfEpochs = 1_000_000 });
        cancellation.CancelAfter(TimeSpan.FromSeconds(0.5));

        Assert.Equal(cancellation.Token, Assert.ThrowsAny<OperationCanceledException>(() => Compare(trainer: trainer)).CancellationToken);
    }

    private SingleTaskComparison Compare(SingleTaskComparisonOptions? options = null, MultiTaskTrainer? trainer = null) => _ml.MultiTask.CompareWithSingleTask(
        TestData.Raw(_ml), Preprocessing, trainer ?? Create(new TrainerSetup()), options ?? new SingleTaskComparisonOptions { NumberOfFolds = 2, Seed = Seed });

    private MultiTaskTrainer Create(TrainerSetup setup) => TrainerCases.Create("HardParameterSharing", _ml, setup);

    /// <summary>The figures without the times.</summary>
    private static string Describe(SingleTaskComparison comparison) => string.Join(";", comparison.Tasks.SelectMany(task => task.Main.MultiTaskValues.Concat(task.Main.OtherValues)).Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

    private sealed class Listener(Action<ComparisonProgress> listen) : IProgress<ComparisonProgress>
    {
        public void Report(ComparisonProgress value) => listen(value);
    }

    /// <summary>What ML.NET fills by the names of columns.</summary>
    private sealed class ReadRow
    {
        public string Task { get; set; } = "";

        public string Metric { get; set; } = "";

        public string Against { get; set; } = "";

        public double LabelShare { get; set; }

        public int Repeat { get; set; }

        public int Fold { get; set; }

        public double MultiTask { get; set; }

        public double Other { get; set; }

        public SingleTaskComparisonRow ToRow() => new() { Task = Task, Metric = Metric, Against = Against, LabelShare = LabelShare, Repeat = Repeat, Fold = Fold, MultiTask = MultiTask, Other = Other };
    }
}
