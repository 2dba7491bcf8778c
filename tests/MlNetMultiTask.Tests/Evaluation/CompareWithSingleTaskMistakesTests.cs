using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What a comparison refuses, and how it says so.</summary>
public sealed class CompareWithSingleTaskMistakesTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<string, SingleTaskComparisonOptions> Mistakes { get; } = new()
    {
        { "NumberOfRepeats", new SingleTaskComparisonOptions { NumberOfRepeats = 0 } },
        { "NumberOfFolds", new SingleTaskComparisonOptions { NumberOfFolds = 1 } },
        { "there are 60 rows", new SingleTaskComparisonOptions { NumberOfFolds = 61 } },
        { "SamplingKeyColumnName", new SingleTaskComparisonOptions { SamplingKeyColumnName = " " } },
        { "'Nobody'", new SingleTaskComparisonOptions { SamplingKeyColumnName = "Nobody" } },
        { "StratificationTask", new SingleTaskComparisonOptions { StratificationTask = "Nobody" } },
        { "ConfidenceLevel", new SingleTaskComparisonOptions { ConfidenceLevel = 1 } },
        { "ConfidenceLevel", new SingleTaskComparisonOptions { ConfidenceLevel = double.NaN } },
        { "EquivalenceMargin", new SingleTaskComparisonOptions { EquivalenceMargin = -0.1 } },
        { "EquivalenceMargins", new SingleTaskComparisonOptions { EquivalenceMargins = new Dictionary<string, double> { ["Size"] = double.NaN } } },
        { "EquivalenceMargins", new SingleTaskComparisonOptions { EquivalenceMargins = new Dictionary<string, double> { ["Nobody"] = 1 } } },
        { "Metrics", new SingleTaskComparisonOptions { Metrics = new Dictionary<string, IReadOnlyList<string>> { ["Size"] = [] } } },
        { "'Accuracy'; a Regression task has 'RSquared'", new SingleTaskComparisonOptions { Metrics = new Dictionary<string, IReadOnlyList<string>> { ["Size"] = ["Accuracy"] } } },
        { "Metrics", new SingleTaskComparisonOptions { Metrics = new Dictionary<string, IReadOnlyList<string>> { ["Nobody"] = ["Accuracy"] } } },
        { "Baselines", new SingleTaskComparisonOptions { Baselines = [null!] } },
        { "LabelEfficiency", new SingleTaskComparisonOptions { LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Nobody" } } },
        { "Shares", new SingleTaskComparisonOptions { LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Size", Shares = [0] } } },
        { "Shares", new SingleTaskComparisonOptions { LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Size", Shares = [0.5, 0.5] } } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void An_option_that_is_not_valid_is_named(string words, SingleTaskComparisonOptions options) => Says(words, options, Create(new TrainerSetup()));

    [Fact]
    public void One_task_and_a_model_to_go_on_from_are_refused()
    {
        using MultiTaskTransformer model = Create(new TrainerSetup()).Fit(TestData.View(_ml));

        Says("one task, 'Size'", null, Create(new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] }));
        Says("InitialModel", null, Create(new TrainerSetup { InitialModel = model }));
    }

    [Fact]
    public void Two_baselines_of_one_name_are_refused()
    {
        TaskBaseline baseline = new("Size", "same", _ml.Regression.Trainers.Sdca("Size"));

        Says("two of the same name", new SingleTaskComparisonOptions { Baselines = [baseline, baseline] }, Create(new TrainerSetup()));
        Says("'Nobody'", new SingleTaskComparisonOptions { Baselines = [new TaskBaseline("Nobody", "same", baseline.Estimator)] }, Create(new TrainerSetup()));
    }

    [Fact]
    public void A_baseline_that_gives_too_little_is_told_before_the_networks_are_trained()
    {
        var told = new List<string>();
        var options = new SingleTaskComparisonOptions
        {
            Baselines = [new TaskBaseline("Big", "raw scores", _ml.BinaryClassification.Trainers.AveragedPerceptron("Big"))],
            Progress = new Listener(progress => told.Add(progress.Stage)),
        };

        Says("In repeat 1, fold 1, raw scores: It gives no column 'Probability'", options, Create(new TrainerSetup()));
        Says("append a calibrator", options, Create(new TrainerSetup()));
        Assert.All(told, stage => Assert.Equal("raw scores", stage));
    }

    [Fact]
    public void A_baseline_may_not_be_called_as_the_networks_alone_are() =>
        Says("'alone'", new SingleTaskComparisonOptions { Baselines = [new TaskBaseline("Size", "alone", _ml.Regression.Trainers.Sdca("Size"))] }, Create(new TrainerSetup()));

    [Fact]
    public void Whatever_an_estimator_of_others_throws_is_told_with_its_place()
    {
        var options = new SingleTaskComparisonOptions { Baselines = [new TaskBaseline("Size", "failing", new Failing())] };
        string Compare(IEstimator<ITransformer>? preprocessing) =>
            Assert.Throws<InvalidOperationException>(() => _ml.MultiTask.CompareWithSingleTask(TestData.View(_ml), preprocessing, Create(new TrainerSetup()), options)).Message;

        Assert.Equal("In repeat 1, fold 1, failing: NotSupportedException: Not today.", Compare(null));
        Assert.Equal("In repeat 1, fold 1, the preprocessing: NotSupportedException: Not today.", Compare(new Failing()));
    }

    [Fact]
    public void Labels_that_can_t_be_taken_away_are_told_before_anything_is_trained()
    {
        var told = new List<string>();
        PredictionTask[] tasks = [PredictionTask.MultilabelClassification("Tags", labelColumnName: "TagNames"), PredictionTask.Regression("Size")];
        var options = new SingleTaskComparisonOptions { LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Tags" }, Progress = new Listener(progress => told.Add(progress.Stage)) };

        Says("the labels: Option LabelEfficiency", options, Create(new TrainerSetup { Tasks = tasks }));
        Assert.Empty(told);
    }

    [Fact]
    public void What_fails_is_told_with_the_place_where_it_failed() =>
        Says("In repeat 1, fold 1, the labels: Label column of task 'Size'", null, Create(new TrainerSetup()), data: _ml.Transforms.DropColumns("Size").Fit(TestData.View(_ml)).Transform(TestData.View(_ml)));

    private void Says(string words, SingleTaskComparisonOptions? options, MultiTaskTrainer trainer, IDataView? data = null) => Assert.Contains(
        words, Assert.ThrowsAny<ArgumentException>(() => _ml.MultiTask.CompareWithSingleTask(data ?? TestData.View(_ml), null, trainer, options)).Message, StringComparison.Ordinal);

    private sealed class Failing : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => throw new NotSupportedException("Not today.");

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }

    private sealed class Listener(Action<ComparisonProgress> listen) : IProgress<ComparisonProgress>
    {
        public void Report(ComparisonProgress value) => listen(value);
    }

    private MultiTaskTrainer Create(TrainerSetup setup) => TrainerCases.Create("HardParameterSharing", _ml, setup);
}
