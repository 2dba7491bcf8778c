using System.Globalization;

namespace MlNetMultiTask;

/// <content>What options may be.</content>
public abstract partial class MultiTaskTrainerOptions
{
    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal virtual void Validate()
    {
        ValidateTasks();
        Require(!string.IsNullOrWhiteSpace(FeatureColumnName), nameof(FeatureColumnName), "is empty; name the column of features");
        Require(ExampleWeightColumnName is null || !string.IsNullOrWhiteSpace(ExampleWeightColumnName), nameof(ExampleWeightColumnName), "is empty; name a column, or leave it null");
        RequirePositive(MaximumNumberOfEpochs, nameof(MaximumNumberOfEpochs));
        RequirePositive(BatchSize, nameof(BatchSize));
        Require(NumberOfThreads is null or > 0, nameof(NumberOfThreads), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfThreads}; it must be 1 or more, or null"));
        Require(LearningRate is not null, nameof(LearningRate), "is null; give a rate, for example LearningRateSchedule.Cosine(1e-3)");
        Require(Balancing is not null, nameof(Balancing), "is null; TaskBalancing.Sum() is the default");
        Require(Balancing!.Start([.. Tasks.Select(task => task.Name)]) is not null, nameof(Balancing), $"is {Balancing.Name}, whose Start gives null; it must give a method at work");
        Require(Enum.IsDefined(BalancedGradients), nameof(BalancedGradients), string.Create(CultureInfo.InvariantCulture, $"is {BalancedGradients}, which is none of its values"));
        Require(GradientSamplingInterval is null or > 0, nameof(GradientSamplingInterval), string.Create(CultureInfo.InvariantCulture, $"is {GradientSamplingInterval}; it must be 1 or more, or null"));
        Require(AffinitySamplingInterval is null or > 0, nameof(AffinitySamplingInterval), string.Create(CultureInfo.InvariantCulture, $"is {AffinitySamplingInterval}; it must be 1 or more, or null"));
        Require(Optimizer is not null, nameof(Optimizer), "is null; Optimizer.Adam() is the default");
        Require(MaximumGradientNorm is null or (> 0 and < double.PositiveInfinity), nameof(MaximumGradientNorm), string.Create(CultureInfo.InvariantCulture, $"is {MaximumGradientNorm}; it must be above 0, or null"));
        Require(Enum.IsDefined(Activation), nameof(Activation), string.Create(CultureInfo.InvariantCulture, $"is {Activation}, which is none of its values"));
        Require(Dropout is >= 0 and < 1, nameof(Dropout), string.Create(CultureInfo.InvariantCulture, $"is {Dropout}; it must be from 0 to below 1"));
        Require(ProgressInterval is null || ProgressInterval >= TimeSpan.Zero, nameof(ProgressInterval), string.Create(CultureInfo.InvariantCulture, $"is {ProgressInterval}; it must be 0 or more, or null"));
        Require(Enum.IsDefined(OnCancellation), nameof(OnCancellation), string.Create(CultureInfo.InvariantCulture, $"is {OnCancellation}, which is none of its values"));
        ValidateValidation();
        ValidateStopping();
    }

    private protected static void RequirePositive(int value, string option) =>
        Require(value > 0, option, string.Create(CultureInfo.InvariantCulture, $"is {value}; it must be 1 or more"));

    internal static void Require(bool valid, string option, string problem)
    {
        if (!valid)
        {
            throw new ArgumentException($"Option {option} {problem}.", option);
        }
    }

    internal static void RequireLayers(IReadOnlyList<int>? layers, string option)
    {
        Require(layers is not null, option, "is null; an empty list means no layers");
        foreach (int width in layers!)
        {
            Require(width > 0, option, string.Create(CultureInfo.InvariantCulture, $"has a layer of {width} units; each must have 1 or more"));
        }
    }

    private protected static void RequireTrunk(Trunk? trunk, IReadOnlyList<int> layers, IReadOnlyList<int> usual, string option)
    {
        RequireLayers(layers, option);
        Require(trunk is null || ReferenceEquals(layers, usual), "Trunk", $"and {option} both say what the lower layers are; give one of them");
    }

    internal static void RequireCheckpointing(Checkpointing checkpointing)
    {
        const string Option = nameof(Checkpointing);
        Require(checkpointing.NumberOfEpochs is null or > 0, Option, string.Create(CultureInfo.InvariantCulture, $"has the NumberOfEpochs {checkpointing.NumberOfEpochs}; it must be 1 or more, or null"));
        Require(checkpointing.Interval is null || checkpointing.Interval > TimeSpan.Zero, Option, string.Create(CultureInfo.InvariantCulture, $"has the Interval {checkpointing.Interval}; it must be above 0, or null"));
        Require(checkpointing.NumberOfEpochs is not null || checkpointing.Interval is not null, Option, "has neither NumberOfEpochs nor Interval, so that no checkpoint would be written");
    }

    private void ValidateValidation()
    {
        Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), string.Create(CultureInfo.InvariantCulture, $"is {ValidationFraction}; it must be from 0 to below 1"));
        Require(ValidationColumnName is null || !string.IsNullOrWhiteSpace(ValidationColumnName), nameof(ValidationColumnName), "is empty; name a column, or leave it null");
        Require(SamplingKeyColumnName is null || !string.IsNullOrWhiteSpace(SamplingKeyColumnName), nameof(SamplingKeyColumnName), "is empty; name a column, or leave it null");
        Require(ValidationColumnName is null || ValidationFraction == 0, nameof(ValidationColumnName), "and ValidationFraction both say which rows are validation data; give one of them");
        Require(SamplingKeyColumnName is null || ValidationFraction > 0, nameof(SamplingKeyColumnName), "has no effect without ValidationFraction: it keeps rows together that are drawn for validation");
    }

    private void ValidateStopping()
    {
        if (EarlyStopping is { } stopping)
        {
            const string Option = nameof(EarlyStopping);
            Require(stopping.Monitor is not null, Option, "has the Monitor null; EarlyStoppingMonitor.RelativeLoss() is the default");
            Require(stopping.Patience is null or > 0, Option, string.Create(CultureInfo.InvariantCulture, $"has the Patience {stopping.Patience}; it must be 1 or more, or null"));
            Require(stopping.Patience is not null || stopping.MaximumDuration is not null, Option, "has neither Patience nor MaximumDuration, so that nothing would stop training");
            Require(double.IsFinite(stopping.MinimumDelta) && stopping.MinimumDelta >= 0, Option, string.Create(CultureInfo.InvariantCulture, $"has the MinimumDelta {stopping.MinimumDelta}; it must be 0 or more"));
            Require(stopping.MaximumDuration is null || stopping.MaximumDuration > TimeSpan.Zero, Option, string.Create(CultureInfo.InvariantCulture, $"has the MaximumDuration {stopping.MaximumDuration}; it must be above 0, or null"));
            Require(!stopping.FreezeTasks || stopping.Patience is not null, Option, "has FreezeTasks without Patience, which tells when a task has stopped improving");
            Require(stopping.Monitor!.TaskName is not { } name || Tasks.Any(task => task.Name == name), Option, $"watches the task '{stopping.Monitor.TaskName}', which is none of the trainer's: '{string.Join("', '", Tasks.Select(task => task.Name))}'");
        }

        if (Checkpointing is { } checkpointing)
        {
            RequireCheckpointing(checkpointing);
        }
    }

    private void ValidateTasks()
    {
        Require(Tasks is { Count: > 0 }, nameof(Tasks), "is empty; give at least one task, for example PredictionTask.Regression(\"Price\")");
        Require(!Tasks.Contains(null!), nameof(Tasks), "contains null");
        string? twice = Tasks.GroupBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twice is null, nameof(Tasks), $"has two tasks named '{twice}'; give each its own name (labelColumnName lets two tasks read one label)");
        string? column = Tasks.SelectMany(task => task.OutputColumnNames).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(column is null, nameof(Tasks), $"has two outputs in the column '{column}'; give each its own column name");
        foreach (PredictionTask task in Tasks)
        {
            Require(task.LabelColumnName != FeatureColumnName, nameof(Tasks), $"has task '{task.Name}' whose label column is the feature column '{FeatureColumnName}'; name the task otherwise, or give its labelColumnName");
            foreach (string output in task.OutputColumnNames)
            {
                bool hides = output == FeatureColumnName || output == ExampleWeightColumnName || output == ValidationColumnName || output == SamplingKeyColumnName || Tasks.Any(other => other.LabelColumnName == output);
                Require(!hides, nameof(Tasks), $"has task '{task.Name}' whose output column '{output}' would hide a column that training reads; give it another name");
            }
        }

        Require(Tasks.Any(task => task.LossWeight > 0), nameof(Tasks), "gives every task the lossWeight 0, so that nothing would be learned");
    }
}
