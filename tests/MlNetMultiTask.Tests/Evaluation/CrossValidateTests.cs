using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Cross-validation of whole pipelines.</summary>
public sealed class CrossValidateTests
{
    private const int RowCount = 60;

    private readonly MLContext _ml = new(1);

    private IEstimator<ITransformer> Pipeline => _ml.Transforms.Conversion.MapValueToKey("Color").Append(Trainer(TestData.Tasks()));

    [Fact]
    public void Every_row_is_measured_once_by_a_model_that_has_not_learned_from_it()
    {
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), numberOfFolds: 4);

        Assert.Equal([15L, 15, 15, 15], result.Folds.Select(fold => fold.TestRowCount));
        Assert.All(result.Folds, fold => Assert.Equal(RowCount, fold.TrainingRowCount + fold.TestRowCount));
        float[] seen = [.. result.Folds.SelectMany(fold => fold.ScoredData!.GetColumn<float[]>("Features").Select(features => features[0]))];
        Assert.Equal(TestData.Rows().Select(row => row.Features[0]).Order(), seen.Order());
        Assert.All(result.Tasks, task => Assert.Equal(RowCount, task.RowCount + task.MissingLabelCount));
    }

    [Fact]
    public void A_fold_is_what_training_and_evaluating_by_hand_gives()
    {
        IDataView data = TestData.Raw(_ml);
        var trainer = Trainer(TestData.Tasks());
        IEstimator<ITransformer> pipeline = _ml.Transforms.Conversion.MapValueToKey("Color").Append(trainer);
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(data, pipeline, TestData.Tasks(), numberOfFolds: 3);
        CrossValidationFold fold = result.Folds[1];
        float[] measured = [.. fold.ScoredData!.GetColumn<float[]>("Features").Select(features => features[0])];
        IDataView training = _ml.Data.LoadFromEnumerable(TestData.Rows().Where(row => !measured.Contains(row.Features[0])));
        IDataView test = _ml.Data.LoadFromEnumerable(TestData.Rows().Where(row => measured.Contains(row.Features[0])));
        ITransformer model = pipeline.Fit(training);
        using var owned = model as IDisposable;
        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(test), TestData.Tasks());

        foreach (TaskMetrics task in metrics.Tasks)
        {
            Assert.Equal(task.Values, fold.Metrics[task.TaskName].Values);
        }

        Assert.Equal(2, fold.History!.Epochs.Count);
        Assert.Same(_ml.MultiTask.Find(fold.Model!), _ml.MultiTask.Find(fold.Model!));
    }

    [Fact]
    public void Means_and_deviations_are_those_of_the_folds()
    {
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), numberOfFolds: 3);
        double[] values = [.. result.Folds.Select(fold => fold.Metrics.Regression("Size").RSquared)];
        double mean = values.Sum() / 3;

        Assert.Equal(values, result["Size"].GetValues("RSquared"));
        Assert.Equal(mean, result["Size"].GetMean("RSquared"), 1e-12);
        Assert.Equal(Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / 2), result["Size"].GetDeviation("RSquared"), 1e-12);
        Assert.Equal(result.Folds.Average(fold => fold.Metrics.MeanAccuracy), result.MeanAccuracy, 1e-12);
        Assert.Contains("'Other'", Assert.Throws<ArgumentException>(() => result["Other"]).Message, StringComparison.Ordinal);
        Assert.Contains("'Accuracy'", Assert.Throws<ArgumentException>(() => result["Size"].GetMean("Accuracy")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_no_training_row_has_counts_as_wrong_and_is_reported()
    {
        Example[] rows = TestData.Rows();
        rows[7].Color = "violet";
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(_ml.Data.LoadFromEnumerable(rows), Pipeline, TestData.Tasks(), numberOfFolds: 3);
        CrossValidationFold fold = Assert.Single(result.Folds, fold => fold.Metrics["Color"].UnseenLabelCount > 0);

        Assert.Equal(1, result["Color"].UnseenLabelCount);
        Assert.Equal(1, fold.Metrics["Color"].UnseenLabelCount);
        Assert.Equal(RowCount, result["Color"].RowCount);
        Assert.True(fold.Metrics["Color"].Accuracy <= (fold.TestRowCount - 1.0) / fold.TestRowCount);
        Assert.Contains("Color: 1 rows have a label that no other fold has", result.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Of which column the keys were made is told by the training rows: in the fold of a class that no other fold has, no row would tell.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_class_that_only_one_fold_has_is_counted_also_where_keys_have_a_name_of_their_own(bool byGroup)
    {
        Example[] rows = TestData.Rows();
        rows[7].Color = byGroup ? rows[7].Color : "violet";
        rows[8].Color = byGroup ? rows[8].Color : "";
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Color", labelColumnName: "ColorKey")];
        IEstimator<ITransformer> pipeline = _ml.Transforms.Conversion.MapValueToKey("ColorKey", "Color").Append(Trainer(tasks));
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(_ml.Data.LoadFromEnumerable(rows), pipeline, tasks, numberOfFolds: 3, samplingKeyColumnName: byGroup ? "Color" : null);

        Assert.Equal(byGroup ? (60, 60) : (1, 59), (result["Color"].UnseenLabelCount, result["Color"].RowCount));
        Assert.Equal(byGroup ? 0 : 1, result["Color"].MissingLabelCount);
    }

    [Fact]
    public void Rows_of_one_sampling_key_are_in_one_fold()
    {
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), numberOfFolds: 3, samplingKeyColumnName: "Group");
        HashSet<string>[] groups = [.. result.Folds.Select(fold => fold.ScoredData!.GetColumn<string>("Group").ToHashSet(StringComparer.Ordinal))];

        Assert.True(groups.Sum(group => group.Count) > 3);
        Assert.Empty(groups[0].Intersect(groups[1]).Concat(groups[0].Intersect(groups[2])).Concat(groups[1].Intersect(groups[2])));
    }

    [Theory]
    [InlineData("Color")]
    [InlineData("Big")]
    [InlineData("Size")]
    public void Folds_get_their_shares_of_a_chosen_task(string task)
    {
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), new CrossValidationOptions { NumberOfFolds = 3, StratificationTask = task });
        Example[] rows = TestData.Rows();
        float median = rows.Select(row => row.Size).Where(size => !float.IsNaN(size)).Order().ElementAt(RowCount / 2);
        int[] counts = [.. result.Folds.Select(fold => task switch
        {
            "Color" => fold.ScoredData!.GetColumn<float[]>("Features").Count(features => rows.First(row => row.Features[0] == features[0]).Color == "red"),
            "Big" => fold.ScoredData!.GetColumn<bool>("Big").Count(big => big),
            _ => fold.ScoredData!.GetColumn<float>("Size").Count(size => size < median),
        })];

        // Tenths that are cut apart inside can each leave a row.
        Assert.True(counts.Max() - counts.Min() <= (task == "Size" ? 5 : 1), string.Join(" ", counts));
    }

    [Fact]
    public void The_same_seed_gives_the_same_folds_and_models_need_not_be_kept()
    {
        var options = new CrossValidationOptions { NumberOfFolds = 2, Seed = 4, KeepsModels = false };
        IEstimator<ITransformer> pipeline = Pipeline;
        using CrossValidationResult first = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), pipeline, TestData.Tasks(), options);
        using CrossValidationResult second = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), pipeline, TestData.Tasks(), options);

        Assert.Equal(first.ToString(), second.ToString());
        Assert.All(first.Folds, fold => Assert.Null(fold.Model));
        Assert.All(first.Folds, fold => Assert.Null(fold.ScoredData));
        Assert.All(first.Folds, fold => Assert.NotNull(fold.History));
    }

    [Fact]
    public void Disposing_the_result_disposes_the_models()
    {
        CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), numberOfFolds: 2);
        IDataView scored = result.Folds[0].ScoredData!;
        result.Dispose();
        result.Dispose();

        Assert.Throws<ObjectDisposedException>(() => scored.GetColumn<float>("Size.Score").ToArray());
    }

    [Fact]
    public void Progress_is_told_and_cancellation_ends_it_between_folds()
    {
        using var source = new CancellationTokenSource();
        var told = new List<int>();
        var options = new CrossValidationOptions
        {
            NumberOfFolds = 5,
            CancellationToken = source.Token,
            Progress = new CancelAfterTwo(told, source),
        };

        Assert.Throws<OperationCanceledException>(() => _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Pipeline, TestData.Tasks(), options));
        Assert.Equal([1, 2], told);
    }

    [Fact]
    public void Figures_are_told_as_a_table_as_Markdown_and_as_data()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("a|b", labelColumnName: "Size")];
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(TestData.Raw(_ml), Trainer(tasks), tasks, numberOfFolds: 2);
        string[] lines = result.ToString().Split(Environment.NewLine);

        Assert.Equal("Cross-validation, 2 folds", lines[0]);
        Assert.StartsWith("task", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("fold 2", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("a|b", lines[2], StringComparison.Ordinal);
        Assert.Contains("| a\\|b | RSquared |", result.ToMarkdown(), StringComparison.Ordinal);
        IDataView view = result.ToDataView(_ml);
        Assert.Equal(["Task", "Metric", "Fold", "Value", "RowCount", "UnseenLabelCount"], view.Schema.Select(column => column.Name));
        Assert.Equal(result.Tasks[0].MetricNames.Count * 2, view.GetColumn<double>("Value").Count());
    }

    [Fact]
    public void Wrong_options_and_data_are_refused_with_what_is_wrong()
    {
        IDataView data = TestData.Raw(_ml);
        void Refuses(CrossValidationOptions options, params string[] parts)
        {
            string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.CrossValidate(data, Pipeline, TestData.Tasks(), options)).Message;
            Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        }

        Refuses(new() { NumberOfFolds = 1 }, "NumberOfFolds", "is 1");
        Refuses(new() { NumberOfFolds = 61 }, "NumberOfFolds", "is 61", "60 rows");
        Refuses(new() { StratificationTask = "Other" }, "StratificationTask", "'Other'", "'Color'");
        Refuses(new() { StratificationTask = "Tags" }, "StratificationTask", "'Tags'", "vector");
        Refuses(new() { SamplingKeyColumnName = "Other" }, "'Other'");
        Refuses(new() { SamplingKeyColumnName = "" }, "SamplingKeyColumnName", "empty");
        Assert.Throws<ArgumentNullException>(() => _ml.MultiTask.CrossValidate(null!, Pipeline, TestData.Tasks()));
    }

    [Fact]
    public void Any_pipeline_with_the_columns_of_the_tasks_will_do()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("Size", scoreColumnName: "Score")];
        IDataView complete = _ml.Data.FilterRowsByMissingValues(TestData.Raw(_ml), "Size");
        using CrossValidationResult result = _ml.MultiTask.CrossValidate(complete, _ml.Regression.Trainers.Sdca(labelColumnName: "Size", maximumNumberOfIterations: 5), tasks, numberOfFolds: 3);

        Assert.All(result.Folds, fold => Assert.Null(fold.History));
        Assert.True(double.IsFinite(result["Size"].GetMean("RSquared")));
    }

    private HardParameterSharingTrainer Trainer(PredictionTask[] tasks) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = tasks,
        MaximumNumberOfEpochs = 2,
        BatchSize = 16,
        NumberOfThreads = 1,
        Seed = 1,
    });

    private sealed class CancelAfterTwo(List<int> told, CancellationTokenSource source) : IProgress<CrossValidationFold>
    {
        public void Report(CrossValidationFold value)
        {
            told.Add(value.Number);
            if (value.Number == 2)
            {
                source.Cancel();
            }
        }
    }
}
