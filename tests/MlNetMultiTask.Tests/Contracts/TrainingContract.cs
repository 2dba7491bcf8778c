using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Training tells where it stands, ends when it is told to, and copes with missing labels.</summary>
public sealed class TrainingContract
{
    private static readonly string[] _tasks = ["Color", "Big", "Size", "Tags"];

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Progress_is_reported_after_each_epoch(string trainerName)
    {
        var reports = new Reports();
        string[][] trained = TrainerCases.GetTrainedTasks(trainerName, _tasks);
        using var fitted = new Fitted(trainerName, new TrainerSetup { MaximumNumberOfEpochs = 3, Progress = reports });

        Assert.Equal(Enumerable.Repeat((int[])[1, 2, 3], trained.Length).SelectMany(epochs => epochs), reports.Select(report => report.Epoch));
        Assert.All(reports, report =>
        {
            Assert.Equal(3, report.MaximumNumberOfEpochs);
            Assert.Equal(trained[report.Member - 1], report.TrainingLosses.Keys);
            Assert.All(report.TrainingLosses.Values, loss => Assert.True(double.IsFinite(loss)));
            Assert.Null(report.ValidationLosses);
            Assert.True(report.RowsPerSecond > 0);
        });
        Assert.All(reports.GroupBy(report => report.Member), member => Assert.Equal(member.Select(report => report.Elapsed).Order(), member.Select(report => report.Elapsed)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Validation_losses_are_reported_where_there_are_validation_data(string trainerName)
    {
        var ml = new MLContext(1);
        var reports = new Reports();
        Example[] rows = TestData.Rows(30, seed: 5);
        Array.ForEach(rows, row => row.BigNumber = float.NaN);
        PredictionTask[] tasks = [.. TestData.Tasks(), PredictionTask.BinaryClassification("BigNumber")];
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks, Progress = reports });

        using MultiTaskTransformer model = trainer.Fit(TestData.View(ml), TestData.Map(ml, rows));

        string[][] trained = TrainerCases.GetTrainedTasks(trainerName, [.. _tasks, "BigNumber"]);
        Assert.Equal(2 * trained.Length, reports.Count);
        Assert.All(reports, report =>
        {
            Assert.NotNull(report.ValidationLosses);
            Assert.Equal(trained[report.Member - 1], report.ValidationLosses.Keys);
            Assert.All(report.ValidationLosses, loss => Assert.Equal(loss.Key != "BigNumber", double.IsFinite(loss.Value)));
            Assert.True(double.IsNaN(report.ValidationLosses.GetValueOrDefault("BigNumber", double.NaN)));
        });
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Each_epoch_is_an_Info_of_the_hosts_log(string trainerName)
    {
        var ml = new MLContext(1);
        var messages = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Info && e.Source.Contains("Trainer", StringComparison.Ordinal))
            {
                messages.Add(e.Message);
            }
        };
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { MaximumNumberOfEpochs = 3 }).Fit(TestData.View(ml));

        foreach (int epoch in (int[])[1, 2, 3])
        {
            string[] found = [.. messages.Where(message => message.Contains($"Epoch {epoch} of 3", StringComparison.Ordinal))];
            string[][] trained = TrainerCases.GetTrainedTasks(trainerName, _tasks);
            Assert.Equal(trained.Length, found.Length);
            Assert.All(trained.Zip(found), pair => Assert.All(pair.First, task => Assert.Contains(task, pair.Second, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Losses_fall(string trainerName)
    {
        var reports = new Reports();
        using var fitted = new Fitted(trainerName, new TrainerSetup { MaximumNumberOfEpochs = 30, Progress = reports });

        Assert.All(_tasks, task => Assert.True(Losses(reports, task)[^1] < 0.7 * Losses(reports, task)[0], task));
        MultiTaskMetrics metrics = fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks);
        Assert.True(metrics.MeanAccuracy > 0.75, metrics.ToString());
        Assert.True(metrics.Regression("Size").RSquared > 0.75, metrics.ToString());
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_token_cancelled_before_ends_training_at_once(string trainerName)
    {
        var ml = new MLContext(1);
        var reports = new Reports();
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { CancellationToken = new CancellationToken(canceled: true), Progress = reports });

        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(TestData.View(ml)));
        Assert.Empty(reports);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_token_cancelled_on_the_way_ends_training_there(string trainerName)
    {
        var ml = new MLContext(1);
        using var source = new CancellationTokenSource();
        var reports = new Reports(report =>
        {
            if (report.Epoch == 2)
            {
                source.Cancel();
            }
        });
        MultiTaskTrainer trainer = TrainerCases.Create(
            trainerName, ml, new TrainerSetup { MaximumNumberOfEpochs = 1000, CancellationToken = source.Token, Progress = reports });

        OperationCanceledException e = Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(TestData.View(ml)));

        Assert.Equal(source.Token, e.CancellationToken);
        Assert.Equal(2, reports.Count);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void An_exception_of_the_progress_callback_reaches_the_caller(string trainerName)
    {
        var ml = new MLContext(1);
        var reports = new Reports(_ => throw new InvalidTimeZoneException("stop"));
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { Progress = reports });

        Assert.Throws<InvalidTimeZoneException>(() => trainer.Fit(TestData.View(ml)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Missing_labels_are_no_obstacle(string trainerName)
    {
        var ml = new MLContext(1);
        var warnings = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(e.Message);
            }
        };
        PredictionTask[] tasks = [.. ((string[])["key without names", "0 or 1", "number", "vector of numbers", "vector of 0 or 1"]).Select(type => TestData.TasksByLabelType[type])];
        Example[] rows = TestData.Rows();
        for (int i = 0; i < rows.Length; i++)
        {
            bool none = i % 10 == 9;
            rows[i].Plain = none || i % 3 == 0 ? uint.MaxValue : rows[i].Plain;
            rows[i].BigNumber = none || i % 3 == 1 ? float.NaN : rows[i].BigNumber;
            rows[i].Size = none || i % 3 == 2 ? float.NaN : rows[i].Size;
            rows[i].Sizes = none ? [float.NaN, float.NaN] : i % 2 == 0 ? [float.NaN, rows[i].Sizes[1]] : rows[i].Sizes;
            rows[i].TagNumbers[i % 3] = float.NaN;
            rows[i].TagNumbers = none ? [float.NaN, float.NaN, float.NaN] : rows[i].TagNumbers;
        }

        IDataView data = TestData.Map(ml, rows);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks }).Fit(data);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(data), tasks);

        Assert.Contains("6 training rows", Assert.Single(warnings.Distinct()), StringComparison.Ordinal);
        Assert.All(metrics.Tasks, task => Assert.Equal(60, task.RowCount + task.MissingLabelCount));
        Assert.Equal(rows.Count(row => row.Plain == uint.MaxValue), metrics["Plain"].MissingLabelCount);
        Assert.Equal(rows.Count(row => float.IsNaN(row.BigNumber)), metrics["BigNumber"].MissingLabelCount);
        Assert.Equal(rows.Count(row => float.IsNaN(row.Size)), metrics["Size"].MissingLabelCount);
        Assert.Equal(6, metrics["Sizes"].MissingLabelCount);
        Assert.Equal(6, metrics["TagNumbers"].MissingLabelCount);
        Assert.All(ScoresOf(model, data), score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Rows_without_any_label_do_not_count(string trainerName)
    {
        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("BigNumber")];
        Example[] rows = TestData.Rows();
        Example[] more = [.. rows, .. TestData.Rows(20, seed: 3)];
        Array.ForEach(more[60..], row => (row.Size, row.BigNumber) = (float.NaN, float.NaN));

        Assert.Equal(FitOn(rows), FitOn(more));

        byte[] FitOn(Example[] training)
        {
            var ml = new MLContext(1);
            using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks }).Fit(TestData.Map(ml, training));
            return ScoreBytes.Of(model.Transform(TestData.Map(ml, rows)), "Size.Score", "BigNumber.Score");
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Rows_of_weight_zero_do_not_count_and_the_scale_of_weights_does_not_matter(string trainerName)
    {
        Example[] rows = TestData.Rows();
        Example[] scaled = TestData.Rows();
        Example[] more = [.. TestData.Rows(), .. TestData.Rows(20, seed: 3)];
        Array.ForEach(scaled, row => row.Weight *= 4);
        Array.ForEach(more[60..], row => row.Weight = 0);

        Assert.Equal(FitOn(rows), FitOn(scaled));
        Assert.Equal(FitOn(rows), FitOn(more));

        byte[] FitOn(Example[] training)
        {
            var ml = new MLContext(1);
            var setup = new TrainerSetup { ExampleWeightColumnName = "Weight" };
            using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, setup).Fit(TestData.Map(ml, training));
            return ScoreBytes.Of(model.Transform(TestData.Map(ml, rows)), "Color.Score", "Size.Score");
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Training_goes_on_from_a_model(string trainerName)
    {
        var reports = new Reports();
        using var first = new Fitted(trainerName, new TrainerSetup { MaximumNumberOfEpochs = 20, Progress = reports });
        var more = new Reports();
        byte[] before = ScoreBytes.Of(first.Scored, first.Outputs);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, first.ML, new TrainerSetup { MaximumNumberOfEpochs = 1, LearningRate = 1e-5, Progress = more });

        using MultiTaskTransformer second = trainer.Fit(first.Data, null, first.Model);

        Assert.Equal(before, ScoreBytes.Of(first.Scored, first.Outputs));
        Assert.NotEqual(before, ScoreBytes.Of(second.Transform(first.Data), first.Outputs));
        // Progress tells of all networks, of which some may begin anew; the history tells of the one that the model is.
        Assert.All(_tasks, task =>
        {
            double reached = first.Model.History?.Epochs[^1].TrainingLosses[task] ?? Losses(reports, task)[^1];
            double next = second.History?.Epochs[0].TrainingLosses[task] ?? Losses(more, task)[0];
            Assert.Equal(reached, next, 0.1 * Losses(reports, task)[0]);
        });
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void The_model_to_go_on_from_may_be_an_option_for_chains(string trainerName)
    {
        using var first = new Fitted(trainerName);
        var chain = new TransformerChain<ITransformer>(first.Model);
        using MultiTaskTransformer given = Create(null).Fit(first.Data, null, first.Model);
        using MultiTaskTransformer option = Create(chain).Fit(first.Data);

        Assert.Equal(ScoreBytes.Of(given.Transform(first.Data), first.Outputs), ScoreBytes.Of(option.Transform(first.Data), first.Outputs));
        Assert.NotEqual(ScoreBytes.Of(first.Scored, first.Outputs), ScoreBytes.Of(option.Transform(first.Data), first.Outputs));

        MultiTaskTrainer Create(ITransformer? initial) => TrainerCases.Create(trainerName, new MLContext(5), new TrainerSetup { InitialModel = initial });
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfHiddenLayers), MemberType = typeof(TrainerCases))]
    public void A_model_of_another_activation_or_normalisation_is_no_beginning(string trainerName)
    {
        using var first = new Fitted(trainerName);
        TrainerSetup[] others = [new() { Activation = Activation.Tanh }, new() { LayerNormalization = true }];

        Assert.All(others, other =>
            Assert.Contains("another network", Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, first.ML, other).Fit(first.Data, null, first.Model)).Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_wish_for_a_GPU_is_answered(string trainerName)
    {
        var strict = new MLContext(1) { GpuDeviceId = 0, FallbackToCpu = false };
        var lenient = new MLContext(1) { GpuDeviceId = 0, FallbackToCpu = true };
        var warnings = new List<string>();
        lenient.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(e.Message);
            }
        };
        TrainerCases.Create(trainerName, lenient).Fit(TestData.View(lenient)).Dispose();

        string message = Assert.Throws<NotSupportedException>(() => TrainerCases.Create(trainerName, strict).Fit(TestData.View(strict))).Message;
        Assert.Contains("FallbackToCpu", message, StringComparison.Ordinal);
        Assert.Contains(warnings, warning => warning.Contains("GpuDeviceId is 0", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_trainer_shows_its_tasks_and_so_does_its_model(string trainerName)
    {
        PredictionTask[] tasks = TestData.Tasks();
        var ml = new MLContext(1);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks });
        using MultiTaskTransformer model = trainer.Fit(TestData.View(ml));

        Assert.Equal(tasks, trainer.Tasks);
        Assert.Equal(tasks, model.Tasks);
        Assert.All(tasks, task => Assert.Contains(task.ToString(), model.ToString(), StringComparison.Ordinal));
    }

    /// <summary>The training losses of a task, in the reports that tell of it.</summary>
    private static double[] Losses(Reports reports, string task) =>
        [.. reports.Where(report => report.TrainingLosses.ContainsKey(task)).Select(report => report.TrainingLosses[task])];

    private static IEnumerable<float> ScoresOf(MultiTaskTransformer model, IDataView data)
    {
        byte[] bytes = ScoreBytes.Of(model.Transform(data), [.. model.Tasks.Where(task => task.Name is "BigNumber" or "Size").Select(task => task.ScoreColumnName)]);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private sealed class Reports(Action<TrainingProgress>? then = null) : List<TrainingProgress>, IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            Add(value);
            then?.Invoke(value);
        }
    }
}
