using System.Globalization;

namespace MlNetMultiTask;

/// <summary>The options that all trainers share.</summary>
public abstract class MultiTaskTrainerOptions
{
    private protected MultiTaskTrainerOptions()
    {
    }

    /// <summary>What to predict: one task or more, with different names.</summary>
    /// <value>There is no default; at least one task is needed.</value>
    public IReadOnlyList<PredictionTask> Tasks { get; init; } = [];

    /// <summary>The column of features: a known-size vector of <see cref="float"/>.</summary>
    /// <value>The default is <c>Features</c>.</value>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>
    /// The column of row weights, <see cref="float"/>, 0 or more; brought to mean 1 over the rows used. Rows of weight 0
    /// are left out.
    /// </summary>
    /// <value>The default is null: all rows weigh the same.</value>
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>How many times training passes over the rows; 1 or more.</summary>
    /// <value>The default is 50.</value>
    public int MaximumNumberOfEpochs { get; init; } = 50;

    /// <summary>The rows of a step; 1 or more.</summary>
    /// <value>The default is 32.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>The learning rate of Adam (Kingma and Ba 2015).</summary>
    /// <value>The default is a cosine schedule from 0.001.</value>
    public LearningRateSchedule LearningRate { get; init; } = LearningRateSchedule.Cosine(1e-3);

    /// <summary>How the tasks' losses are settled against one another.</summary>
    /// <value>The default is <see cref="TaskBalancing.Sum"/>.</value>
    public TaskBalancing Balancing { get; init; } = TaskBalancing.Sum();

    /// <summary>
    /// The threads that torch uses inside one operation while this trainer trains; 1 or more. Small networks and batches
    /// are fastest with 1: more threads cost more to wake than they compute, above all on a busy machine. The setting
    /// belongs to the whole process: it is put back afterwards, and trainers that run at the same time must agree on it.
    /// </summary>
    /// <value>The default is null: the process's setting is left alone.</value>
    public int? NumberOfThreads { get; init; }

    /// <summary>Is told of the progress after each epoch.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training with an <see cref="OperationCanceledException"/>.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

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
        Balancing!.Start([.. Tasks.Select(task => task.Name)]);
    }

    private protected static void RequirePositive(int value, string option) =>
        Require(value > 0, option, string.Create(CultureInfo.InvariantCulture, $"is {value}; it must be 1 or more"));

    private protected static void Require(bool valid, string option, string problem)
    {
        if (!valid)
        {
            throw new ArgumentException($"Option {option} {problem}.", option);
        }
    }

    private protected static void RequireLayers(IReadOnlyList<int>? layers, string option)
    {
        Require(layers is not null, option, "is null; an empty list means no layers");
        foreach (int width in layers!)
        {
            Require(width > 0, option, string.Create(CultureInfo.InvariantCulture, $"has a layer of {width} units; each must have 1 or more"));
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
                bool hides = output == FeatureColumnName || output == ExampleWeightColumnName || Tasks.Any(other => other.LabelColumnName == output);
                Require(!hides, nameof(Tasks), $"has task '{task.Name}' whose output column '{output}' would hide a column that training reads; give it another name");
            }
        }

        Require(Tasks.Any(task => task.LossWeight > 0), nameof(Tasks), "gives every task the lossWeight 0, so that nothing would be learned");
    }
}
