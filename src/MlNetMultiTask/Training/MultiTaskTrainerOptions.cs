using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>The options that all trainers share.</summary>
public abstract class MultiTaskTrainerOptions
{
    private Checkpointing? _checkpointing;
    private IProgress<TrainingProgress>? _progress;
    private CancellationToken _cancellationToken;

    private protected MultiTaskTrainerOptions()
    {
    }

    /// <summary>The widths of lower layers where nothing else is said.</summary>
    private protected static IReadOnlyList<int> DefaultLayers { get; } = [128, 64];

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

    /// <summary>The seed of all random numbers of this trainer. A training that is to be resumed in another process had better have one.</summary>
    /// <value>The default is null: drawn from the <see cref="MLContext"/> when the trainer is constructed, so that it depends on the context's seed and on what was made with it before.</value>
    public int? Seed { get; init; }

    /// <summary>How many times training passes over the rows; 1 or more.</summary>
    /// <value>The default is 50.</value>
    public int MaximumNumberOfEpochs { get; init; } = 50;

    /// <summary>The rows of a step; 1 or more.</summary>
    /// <value>The default is 32.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>The function behind each hidden layer.</summary>
    /// <value>The default is <see cref="Activation.ReLU"/>.</value>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>Whether each hidden layer's outputs are normalised before the activation (Ba, Kiros, Hinton 2016).</summary>
    /// <value>The default is false.</value>
    public bool LayerNormalization { get; init; }

    /// <summary>The share of each hidden layer's activations that is set to 0 in each training step (Srivastava et al. 2014); from 0 to below 1.</summary>
    /// <value>The default is 0: none.</value>
    public double Dropout { get; init; }

    /// <summary>The learning rate over the course of training.</summary>
    /// <value>The default is a cosine schedule from 0.001.</value>
    public LearningRateSchedule LearningRate { get; init; } = LearningRateSchedule.Cosine(1e-3);

    /// <summary>How the parameters follow their gradients.</summary>
    /// <value>The default is <see cref="Optimizer.Adam"/> without weight decay.</value>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam();

    /// <summary>
    /// The Euclidean norm to which the gradient of all parameters together is cut in each step where it is longer (Pascanu, Mikolov,
    /// Bengio 2013); above 0.
    /// </summary>
    /// <value>The default is null: gradients are not cut.</value>
    public double? MaximumGradientNorm { get; init; }

    /// <summary>
    /// The share of the rows that is put aside as validation data, drawn by the seed; from 0 to below 1. It is how a chain, whose <c>Fit</c> has
    /// room for the training data only, gets validation data. Where <c>Fit</c> is given validation data, they count, and nothing is put aside.
    /// </summary>
    /// <value>The default is 0: no rows are put aside.</value>
    public float ValidationFraction { get; init; }

    /// <summary>
    /// The column, <see cref="bool"/>, that tells which rows are validation data: those where it is true. Instead of <see cref="ValidationFraction"/>.
    /// </summary>
    /// <value>The default is null.</value>
    public string? ValidationColumnName { get; init; }

    /// <summary>
    /// With <see cref="ValidationFraction"/>: the column of which rows of the same value stay on the same side (those of one patient, say). Text, a key, a
    /// number or whatever ML.NET has as a single value.
    /// </summary>
    /// <value>The default is null: rows are drawn one by one.</value>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>When training ends early, and which epoch's weights the model gets.</summary>
    /// <value>The default is null: all epochs are run, and the last weights stay.</value>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// A model to go on from: a <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one, with the same tasks, features and layers. It is not
    /// owned, and must not be disposed before training begins. A model given to <c>Fit</c> counts instead.
    /// </summary>
    /// <value>The default is null: training begins with random weights.</value>
    public ITransformer? InitialModel { get; init; }

    /// <summary>Where the state of training is kept, so that it goes on where it was cut off.</summary>
    /// <value>The default is null: nowhere.</value>
    public Checkpointing? Checkpointing { get => _checkpointing; init => _checkpointing = value; }

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

    /// <summary>Is told of the progress after each epoch, and in between as <see cref="ProgressInterval"/> says.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get => _progress; init => _progress = value; }

    /// <summary>How much time lies at least between two reports inside an epoch; 0 for a report after each batch.</summary>
    /// <value>The default is null: reports come at the ends of epochs only.</value>
    public TimeSpan? ProgressInterval { get; init; }

    /// <summary>Ends training, as <see cref="OnCancellation"/> says.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get => _cancellationToken; init => _cancellationToken = value; }

    /// <summary>What a cancelled training does.</summary>
    /// <value>The default is <see cref="OnCancellation.Throw"/>.</value>
    public OnCancellation OnCancellation { get; init; }

    /// <summary>The columns that the trainer reads beside those of its tasks.</summary>
    internal MultiTaskColumns Columns => new(FeatureColumnName, ExampleWeightColumnName, ValidationColumnName, SamplingKeyColumnName);

    /// <summary>Whether rows of the training data become validation data.</summary>
    internal bool DividesRows => ValidationFraction > 0 || ValidationColumnName is not null;

    /// <summary>What hidden layers are made of.</summary>
    internal HiddenLayers HiddenLayers => new(Activation, LayerNormalization);

    /// <summary>How a training with these options runs.</summary>
    internal TrainingRun Run => new(Progress, Checkpointing, OnCancellation, InitialModel, CancellationToken);

    /// <summary>The same options, run as part of something larger.</summary>
    internal MultiTaskTrainerOptions With(TrainingRun run)
    {
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._progress = run.Progress;
        copy._checkpointing = run.Checkpointing;
        copy._cancellationToken = run.CancellationToken;
        return copy;
    }

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
