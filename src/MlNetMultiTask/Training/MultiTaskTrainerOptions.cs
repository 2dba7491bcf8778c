using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>The options that all trainers share.</summary>
public abstract partial class MultiTaskTrainerOptions
{
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
    public int MaximumNumberOfEpochs { get => _maximumNumberOfEpochs; init => _maximumNumberOfEpochs = value; }

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
    public EarlyStopping? EarlyStopping { get => _earlyStopping; init => _earlyStopping = value; }

    /// <summary>
    /// A model to go on from: a <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one, with the same tasks, features and layers. It is not
    /// owned, and must not be disposed before training begins. A model given to <c>Fit</c> counts instead.
    /// </summary>
    /// <value>The default is null: training begins with random weights.</value>
    public ITransformer? InitialModel { get => _initialModel; init => _initialModel = value; }

    /// <summary>Where the state of training is kept, so that it goes on where it was cut off.</summary>
    /// <value>The default is null: nowhere.</value>
    public Checkpointing? Checkpointing { get => _checkpointing; init => _checkpointing = value; }

    /// <summary>How the tasks are settled against one another.</summary>
    /// <value>The default is <see cref="TaskBalancing.Sum"/>.</value>
    public TaskBalancing Balancing { get => _balancing; init => _balancing = value; }

    /// <summary>Which gradients of the tasks are balanced, by methods on gradients, or compared, by <see cref="GradientSamplingInterval"/>.</summary>
    /// <value>The default is <see cref="BalancedGradients.Automatic"/>: those of the shared parameters, unless they are very many.</value>
    public BalancedGradients BalancedGradients { get; init; }

    /// <summary>
    /// Every how many steps of an epoch, from its first on, the tasks' gradients of what they share are compared, for <see cref="TrainingEpoch.Gradients"/>; 1 or more. Such a step costs a backward pass more per task; what is learned
    /// stays the same, bit by bit. It needs a network with shared parameters. Methods on gradients compare them in every step anyway.
    /// </summary>
    /// <value>The default is null: never, but for methods on gradients.</value>
    public int? GradientSamplingInterval { get; init; }

    /// <summary>
    /// Every how many steps of an epoch, from its first on, training looks ahead, for <see cref="TrainingEpoch.Affinity"/>: what would a step for one task alone do to the losses of the others? 1 or more. Such a step costs a backward and a
    /// forward pass more per task, and a forward pass; what is learned stays the same, bit by bit. It needs a network with shared parameters.
    /// </summary>
    /// <value>The default is null: never.</value>
    public int? AffinitySamplingInterval { get; init; }

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
    public OnCancellation OnCancellation { get => _onCancellation; init => _onCancellation = value; }

    /// <summary>The columns that the trainer reads beside those of its tasks.</summary>
    internal MultiTaskColumns Columns => new(FeatureColumnName, ExampleWeightColumnName, ValidationColumnName, SamplingKeyColumnName);

    /// <summary>Whether rows of the training data become validation data.</summary>
    internal bool DividesRows => ValidationFraction > 0 || ValidationColumnName is not null;

    /// <summary>What hidden layers are made of.</summary>
    internal HiddenLayers HiddenLayers => new(Activation, LayerNormalization);

    /// <summary>How a training with these options runs.</summary>
    internal TrainingRun Run => new(Progress, Checkpointing, OnCancellation, InitialModel, CancellationToken);

    /// <summary>Every how many steps gradients are compared, in epochs of so many; null for never.</summary>
    internal int? GetGradientInterval(int stepsPerEpoch) => _sampling?.GetInterval(stepsPerEpoch, GradientSamplingInterval) ?? GradientSamplingInterval;

    /// <summary>Every how many steps training looks ahead, in epochs of so many; null for never.</summary>
    internal int? GetAffinityInterval(int stepsPerEpoch) => _sampling?.GetInterval(stepsPerEpoch, AffinitySamplingInterval) ?? AffinitySamplingInterval;
}
