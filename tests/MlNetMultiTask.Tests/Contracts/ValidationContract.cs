using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Rows that are put aside for validation teach nothing, are measured after each epoch, and stay together where they belong together.</summary>
public sealed class ValidationContract
{
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_validation_column_does_what_two_views_do(string trainerName)
    {
        Example[] rows = TestData.Rows();
        (byte[] expected, TrainingHistory apart) = Train(trainerName, new TrainerSetup(), rows.Where(row => !row.Held), rows.Where(row => row.Held));
        (byte[] actual, TrainingHistory together) = Train(trainerName, new TrainerSetup { ValidationColumnName = "Held" }, rows, null);

        Assert.Equal(expected, actual);
        Assert.Equal(apart.Epochs.Select(epoch => epoch.ValidationLosses!["Size"]), together.Epochs.Select(epoch => epoch.ValidationLosses!["Size"]));
        Assert.Equal(apart.Epochs.Select(epoch => epoch.ValidationMetrics!["Color"]), together.Epochs.Select(epoch => epoch.ValidationMetrics!["Color"]));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Losses_and_metrics_are_those_of_an_evaluation(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView validation = TestData.View(ml, 40, seed: 5);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { MaximumNumberOfEpochs = 10 }).Fit(TestData.View(ml), validation);

        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(validation), model.Tasks);
        TrainingEpoch last = model.History!.Epochs[^1];

        Assert.All(metrics.Tasks, task => Assert.Equal(task.Values[model.History.MetricNames[task.TaskName]], last.ValidationMetrics![task.TaskName], 1e-5));
        Assert.Equal(metrics.Multiclass("Color").LogLoss, last.ValidationLosses!["Color"], 1e-5);
        Assert.Equal(metrics.Binary("Big").LogLoss * Math.Log(2), last.ValidationLosses["Big"], 1e-5);
    }

    /// <summary>Metrics of the training side are those of the rows as they were seen, while weights moved: with a rate of almost 0, those of an evaluation.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Training_metrics_are_those_of_an_evaluation_where_nothing_moves(string trainerName)
    {
        using var fitted = new Fitted(trainerName, new TrainerSetup { LearningRate = 1e-12, MaximumNumberOfEpochs = 1 });
        MultiTaskMetrics metrics = fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks);
        TrainingEpoch epoch = Assert.Single(fitted.Model.History!.Epochs);

        Assert.All(metrics.Tasks, task => Assert.Equal(task.Values[fitted.Model.History.MetricNames[task.TaskName]], epoch.TrainingMetrics[task.TaskName], 1e-5));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_fraction_works_inside_a_chain_and_is_drawn_by_the_seed(string trainerName)
    {
        (double Loss, int Count)[] runs = [.. new[] { 1, 1, 2 }.Select(seed =>
        {
            var messages = new List<string>();
            var ml = new MLContext(seed);
            ml.Log += (_, e) => messages.Add(e.Message);
            using var chain = TestData.Keys(ml).Append(TrainerCases.Create(trainerName, ml, new TrainerSetup { ValidationFraction = 0.25f })).Fit(TestData.Raw(ml));
            return (chain.LastTransformer.History!.Epochs[^1].ValidationLosses!["Size"], messages.Count(message => message.Contains("Put 15 of these rows aside", StringComparison.Ordinal)));
        })];

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0].Loss, runs[2].Loss);
        Assert.All(runs, run => Assert.Equal(1, run.Count));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Validation_data_given_to_Fit_count_instead_of_a_fraction(string trainerName)
    {
        Example[] rows = TestData.Rows();
        Example[] others = TestData.Rows(20, seed: 3);
        (byte[] expected, _) = Train(trainerName, new TrainerSetup(), rows, others);
        (byte[] actual, _) = Train(trainerName, new TrainerSetup { ValidationFraction = 0.5f }, rows, others);

        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Columns_that_divide_rows_are_checked(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        (TrainerSetup Setup, string[] Words)[] mistakes =
        [
            (new TrainerSetup { ValidationColumnName = "Nowhere" }, ["'Nowhere'", "Validation column"]),
            (new TrainerSetup { ValidationColumnName = "Weight" }, ["'Weight'", "Boolean", "ConvertType"]),
            (new TrainerSetup { ValidationFraction = 0.1f, SamplingKeyColumnName = "Nowhere" }, ["'Nowhere'", "Sampling key column"]),
            (new TrainerSetup { ValidationFraction = 0.1f, SamplingKeyColumnName = "Features" }, ["'Features'", "single value"]),
            (new TrainerSetup { Tasks = [PredictionTask.Regression("Size", exampleWeightColumnName: "Nowhere")] }, ["'Nowhere'", "task 'Size'"]),
            (new TrainerSetup { Tasks = [PredictionTask.Regression("Size", exampleWeightColumnName: "Note")] }, ["'Note'", "Single"]),
        ];
        Assert.All(mistakes, mistake =>
        {
            MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, mistake.Setup);
            string early = Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(Shapes.Of(data.Schema))).Message;
            string late = Assert.Throws<ArgumentException>(() => trainer.Fit(data)).Message;
            Assert.All(mistake.Words, word => Assert.Contains(word, early, StringComparison.Ordinal));
            Assert.All(mistake.Words, word => Assert.Contains(word, late, StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void All_rows_on_one_side_is_an_error(string trainerName)
    {
        var ml = new MLContext(1);
        Example[] rows = TestData.Rows();
        Array.ForEach(rows, row => (row.Held, row.Group) = (true, "one"));
        IDataView data = TestData.Map(ml, rows);
        TrainerSetup[] setups = [new() { ValidationColumnName = "Held" }, new() { ValidationFraction = 0.1f, SamplingKeyColumnName = "Group" }];

        Assert.All(setups, setup =>
            Assert.Contains("both sides need some", Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml, setup).Fit(data)).Message, StringComparison.Ordinal));
    }

    private static (byte[] Scores, TrainingHistory History) Train(string trainerName, TrainerSetup setup, IEnumerable<Example> training, IEnumerable<Example>? validation)
    {
        var ml = new MLContext(1);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, setup).Fit(TestData.Map(ml, training), validation is null ? null : TestData.Map(ml, validation));
        return (ScoreBytes.Of(model.Transform(TestData.View(ml)), [.. model.Tasks.Select(task => task.ScoreColumnName)]), model.History!);
    }
}
