namespace MlNetMultiTask.Tests.Training;

/// <summary>The checks of options: each message names its property, what is wrong, and what helps.</summary>
public sealed class MultiTaskTrainerOptionsTests
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.Regression("Price"), PredictionTask.BinaryClassification("Sold")];

    [Fact]
    public void The_defaults_are_valid_once_there_are_tasks()
    {
        var options = new HardParameterSharingOptions { Tasks = _tasks };
        options.Validate();

        Assert.Equal("Features", options.FeatureColumnName);
        Assert.Null(options.ExampleWeightColumnName);
        Assert.Equal(50, options.MaximumNumberOfEpochs);
        Assert.Equal(32, options.BatchSize);
        Assert.Equal("Cosine(0.001)", options.LearningRate.ToString());
        Assert.Equal("Sum", options.Balancing.Name);
        Assert.Equal(BalancedGradients.Automatic, options.BalancedGradients);
        Assert.Null(options.GradientSamplingInterval);
        Assert.Null(options.AffinitySamplingInterval);
        Assert.Null(options.NumberOfThreads);
        Assert.Equal([128, 64], options.SharedLayers);
        Assert.Equal([32], options.HeadLayers);
    }

    [Fact]
    public void The_smallest_of_everything_is_valid() =>
        new HardParameterSharingOptions
        {
            Tasks = _tasks[..1],
            MaximumNumberOfEpochs = 1,
            BatchSize = 1,
            NumberOfThreads = 1,
            GradientSamplingInterval = 1,
            AffinitySamplingInterval = 1,
            SharedLayers = [],
            HeadLayers = [],
            ExampleWeightColumnName = "Weight",
        }.Validate();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void An_empty_feature_column_name_is_refused(string? name) =>
        Refused(new HardParameterSharingOptions { Tasks = _tasks, FeatureColumnName = name! }, "FeatureColumnName", "is empty");

    [Theory]
    [InlineData("")]
    [InlineData("\t")]
    public void An_empty_weight_column_name_is_refused(string name) =>
        Refused(new HardParameterSharingOptions { Tasks = _tasks, ExampleWeightColumnName = name }, "ExampleWeightColumnName", "is empty");

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Counts_below_1_are_refused(int count)
    {
        Refused(new HardParameterSharingOptions { Tasks = _tasks, MaximumNumberOfEpochs = count }, "MaximumNumberOfEpochs", $"is {count}");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, BatchSize = count }, "BatchSize", $"is {count}");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, NumberOfThreads = count }, "NumberOfThreads", $"is {count}");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, SharedLayers = [8, count] }, "SharedLayers", $"{count} units");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, HeadLayers = [count] }, "HeadLayers", $"{count} units");
    }

    [Fact]
    public void Null_where_a_value_is_needed_is_refused()
    {
        Refused(new HardParameterSharingOptions { Tasks = _tasks, LearningRate = null! }, "LearningRate", "is null");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, Balancing = null! }, "Balancing", "is null");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, SharedLayers = null! }, "SharedLayers", "is null");
        Refused(new HardParameterSharingOptions { Tasks = _tasks, HeadLayers = null! }, "HeadLayers", "is null");
        Refused(new HardParameterSharingOptions { Tasks = null! }, "Tasks", "is empty");
        Refused(new HardParameterSharingOptions { Tasks = [_tasks[0], null!] }, "Tasks", "contains null");
    }

    [Fact]
    public void No_task_is_refused() => Refused(new HardParameterSharingOptions(), "Tasks", "at least one task");

    [Fact]
    public void Two_tasks_of_one_name_are_refused() =>
        Refused(new HardParameterSharingOptions { Tasks = [_tasks[0], PredictionTask.BinaryClassification("Price")] }, "Tasks", "'Price'");

    [Fact]
    public void Two_tasks_may_read_one_label() =>
        new HardParameterSharingOptions { Tasks = [_tasks[0], PredictionTask.Regression("Again", labelColumnName: "Price")] }.Validate();

    [Fact]
    public void Two_outputs_in_one_column_are_refused() =>
        Refused(new HardParameterSharingOptions { Tasks = [_tasks[0], PredictionTask.Regression("Size", scoreColumnName: "Price.Score")] }, "Tasks", "'Price.Score'");

    [Fact]
    public void A_label_that_is_the_feature_column_is_refused() =>
        Refused(new HardParameterSharingOptions { Tasks = [PredictionTask.Regression("Features")] }, "Tasks", "'Features'");

    [Theory]
    [InlineData("Features")]
    [InlineData("Weight")]
    [InlineData("Sold")]
    public void An_output_that_would_hide_what_training_reads_is_refused(string output) =>
        Refused(
            new HardParameterSharingOptions { Tasks = [PredictionTask.Regression("Price", scoreColumnName: output), _tasks[1]], ExampleWeightColumnName = "Weight" },
            "Tasks",
            $"'{output}' would hide");

    [Fact]
    public void Tasks_that_all_weigh_nothing_are_refused()
    {
        Refused(new HardParameterSharingOptions { Tasks = [PredictionTask.Regression("Price", lossWeight: 0)] }, "Tasks", "lossWeight 0");

        new HardParameterSharingOptions { Tasks = [PredictionTask.Regression("Price", lossWeight: 0), _tasks[1]] }.Validate();
    }

    [Fact]
    public void Balancing_that_does_not_suit_the_tasks_is_refused_before_training()
    {
        var error = Assert.Throws<ArgumentException>(new HardParameterSharingOptions { Tasks = _tasks, Balancing = TaskBalancing.Fixed(("Other", 1f)) }.Validate);

        Assert.Contains("TaskBalancing.Fixed", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_options_outside_their_range_are_refused()
    {
        (HardParameterSharingOptions Options, string Name, string Problem)[] mistakes =
        [
            (new() { Tasks = _tasks, Optimizer = null! }, "Optimizer", "is null"),
            (new() { Tasks = _tasks, MaximumGradientNorm = 0 }, "MaximumGradientNorm", "above 0"),
            (new() { Tasks = _tasks, MaximumGradientNorm = double.NaN }, "MaximumGradientNorm", "above 0"),
            (new() { Tasks = _tasks, Balancing = new GivingNothing() }, "Balancing", "is GivingNothing, whose Start gives null"),
            (new() { Tasks = _tasks, BalancedGradients = (BalancedGradients)99 }, "BalancedGradients", "is 99"),
            (new() { Tasks = _tasks, BalancedGradients = (BalancedGradients)(-1) }, "BalancedGradients", "is -1"),
            (new() { Tasks = _tasks, GradientSamplingInterval = 0 }, "GradientSamplingInterval", "is 0; it must be 1 or more, or null"),
            (new() { Tasks = _tasks, GradientSamplingInterval = -3 }, "GradientSamplingInterval", "is -3"),
            (new() { Tasks = _tasks, AffinitySamplingInterval = 0 }, "AffinitySamplingInterval", "is 0; it must be 1 or more, or null"),
            (new() { Tasks = _tasks, AffinitySamplingInterval = -3 }, "AffinitySamplingInterval", "is -3"),
            (new() { Tasks = _tasks, Dropout = 1 }, "Dropout", "below 1"),
            (new() { Tasks = _tasks, Dropout = -0.1 }, "Dropout", "from 0"),
            (new() { Tasks = _tasks, Activation = (Activation)99 }, "Activation", "99"),
            (new() { Tasks = _tasks, OnCancellation = (OnCancellation)99 }, "OnCancellation", "99"),
            (new() { Tasks = _tasks, ProgressInterval = TimeSpan.FromSeconds(-1) }, "ProgressInterval", "0 or more"),
            (new() { Tasks = _tasks, ValidationFraction = 1 }, "ValidationFraction", "below 1"),
            (new() { Tasks = _tasks, ValidationFraction = float.NaN }, "ValidationFraction", "below 1"),
            (new() { Tasks = _tasks, ValidationColumnName = " " }, "ValidationColumnName", "empty"),
            (new() { Tasks = _tasks, ValidationColumnName = "V", ValidationFraction = 0.1f }, "ValidationColumnName", "one of them"),
            (new() { Tasks = _tasks, SamplingKeyColumnName = "K" }, "SamplingKeyColumnName", "no effect without ValidationFraction"),
            (new() { Tasks = _tasks, SamplingKeyColumnName = "", ValidationFraction = 0.1f }, "SamplingKeyColumnName", "empty"),
            (new() { Tasks = _tasks, EarlyStopping = new() { Patience = 0 } }, "EarlyStopping", "Patience 0"),
            (new() { Tasks = _tasks, EarlyStopping = new() { Patience = null } }, "EarlyStopping", "nothing would stop"),
            (new() { Tasks = _tasks, EarlyStopping = new() { MinimumDelta = -1 } }, "EarlyStopping", "MinimumDelta -1"),
            (new() { Tasks = _tasks, EarlyStopping = new() { MaximumDuration = TimeSpan.Zero } }, "EarlyStopping", "MaximumDuration 00:00:00"),
            (new() { Tasks = _tasks, EarlyStopping = new() { Monitor = null! } }, "EarlyStopping", "Monitor null"),
            (new() { Tasks = _tasks, EarlyStopping = new() { Monitor = EarlyStoppingMonitor.Metric("Other") } }, "EarlyStopping", "'Other'"),
            (new() { Tasks = _tasks, EarlyStopping = new() { Patience = null, MaximumDuration = TimeSpan.FromHours(1), FreezeTasks = true } }, "EarlyStopping", "FreezeTasks without Patience"),
            (new() { Tasks = _tasks, Checkpointing = new("c") { NumberOfEpochs = 0 } }, "Checkpointing", "NumberOfEpochs 0"),
            (new() { Tasks = _tasks, Checkpointing = new("c") { Interval = TimeSpan.Zero } }, "Checkpointing", "Interval 00:00:00"),
            (new() { Tasks = _tasks, Checkpointing = new("c") { NumberOfEpochs = null } }, "Checkpointing", "no checkpoint would be written"),
        ];
        Assert.All(mistakes, mistake => Refused(mistake.Options, mistake.Name, mistake.Problem));
        Assert.ThrowsAny<ArgumentException>(() => new Checkpointing(" "));
        Assert.ThrowsAny<ArgumentException>(() => EarlyStoppingMonitor.Metric(""));
    }

    private static void Refused(HardParameterSharingOptions options, string property, string problem)
    {
        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal(property, error.ParamName);
        Assert.Contains($"Option {property} ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A user's method that is not finished.</summary>
    private sealed class GivingNothing : TaskBalancing
    {
        public override string Name => nameof(GivingNothing);

        public override BalancingNeeds Needs => BalancingNeeds.None;

        public override TaskWeighting Start(IReadOnlyList<string> tasks) => null!;
    }
}
