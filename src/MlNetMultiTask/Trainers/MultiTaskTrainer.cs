using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask;

/// <summary>
/// The base of all trainers: an ML.NET estimator that learns several tasks from one feature column and produces a
/// <see cref="MultiTaskTransformer"/>.
/// </summary>
/// <remarks>
/// The trainer draws its seed from the <see cref="MLContext"/> when it is constructed, unless <see cref="MultiTaskTrainerOptions.Seed"/> is given: fitting twice gives the same model,
/// bit by bit, on the same machine, data and number of threads.
/// </remarks>
public abstract class MultiTaskTrainer : IEstimator<MultiTaskTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly IHost _host;
    private readonly MultiTaskTrainerOptions _options;
    private readonly ulong _seed;

    private protected MultiTaskTrainer(IHostEnvironment environment, MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask>? tasks, ulong? seed)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _environment = environment;
        _host = environment.Register(GetType().Name);
        _options = options;
        _seed = seed ?? (ulong?)(uint?)options.Seed ?? (((ulong)(uint)_host.Rand.Next() << 32) | (uint)_host.Rand.Next());
        Tasks = [.. tasks ?? options.Tasks];
    }

    /// <summary>The tasks that the trainer learns.</summary>
    public IReadOnlyList<PredictionTask> Tasks { get; }

    /// <summary>Returns the shape of the output, and checks the input's shape.</summary>
    /// <param name="inputSchema">The shape of the data that training will see.</param>
    /// <returns>The input's columns, and the output columns of every task.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; the message says what was found and what helps.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        IReadOnlyList<SchemaShape.Column> labels = DataColumns.Require(inputSchema, _options.Columns, Tasks);
        SchemaShape.Column[] outputs = [.. Tasks.SelectMany((task, i) => task.GetOutputShape(labels[i]))];
        return new SchemaShape(inputSchema.ExceptBy(outputs.Select(column => column.Name), column => column.Name).Concat(outputs));
    }

    /// <summary>Trains on the data.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The fitted model; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds values that training can't use.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="IOException">The folder of the checkpoints can't be used.</exception>
    /// <exception cref="FormatException">There are checkpoints to go on from, and all of them are damaged.</exception>
    /// <exception cref="TorchUnavailableException">TorchSharp's native libraries can't be loaded.</exception>
    public MultiTaskTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Trains on the data, and measures the losses on other data after each epoch.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns to measure on; null for those that the options put aside, if any. Classes are matched by name.</param>
    /// <param name="initialModel">
    /// A model to go on from; null for that of the options, if any: a <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one. It must have the
    /// same tasks, features and layers; its classes are matched by name, and its standardisation of regression labels stays.
    /// </param>
    /// <returns>The fitted model; dispose it when it is no longer needed. The initial model is left as it is.</returns>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds values that training can't use; or the initial model does not fit.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="TorchUnavailableException">TorchSharp's native libraries can't be loaded.</exception>
    public MultiTaskTransformer Fit(IDataView trainData, IDataView? validationData, ITransformer? initialModel = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        TorchRuntime.EnsureLoaded();
        using IChannel channel = _host.Start("Training");
        ComputeDevice.RequireCpu(_environment, channel);
        using IDisposable threads = TorchThreads.Use(_options.NumberOfThreads);

        // Callers may have switched gradients off for themselves; training needs them.
        using IDisposable gradients = torch.inference_mode(false);
        using IDisposable scope = torch.NewDisposeScope();
        RequireValidation(validationData);
        using CheckpointStore? checkpoints = _options.Checkpointing is { } checkpointing ? new CheckpointStore(checkpointing, channel) : null;
        NetworkModel? initial = (initialModel ?? _options.InitialModel) is { } given ? WarmStart.GetNetworkModel(given) : null;
        IReadOnlyList<LabelInfo>? known = initial is null ? null : WarmStart.GetLabels(initial, Tasks, trainData.Schema);
        (TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels) =
            new TrainingData(_options, Tasks, _seed, channel).Read(trainData, validationData, known);
        WarmStart.RequireFeatureCount(rows, validationRows, initial);

        MultiTaskNetwork network = BuildNetwork(rows, labels);
        using Dropout? dropout = _options.Dropout > 0 ? new Dropout(_options.Dropout) : null;
        network.Dropout = dropout;
        try
        {
            if (initial is not null)
            {
                WarmStart.CopyWeights(initial, network);
            }

            TrainingHistory history;
            using (TrainingSession session = OpenSession(network, rows, validationRows, labels))
            {
                if (checkpoints is not null)
                {
                    checkpoints.Settings = TrainingSettings.Of(_options, Tasks, _seed, network, labels, initial, rows, validationRows);
                }

                history = new TrainingLoop(_options, session, Tasks, channel, checkpoints).Run();
            }

            network.Dropout = null;
            var model = new NetworkModel(network, _options.FeatureColumnName, Tasks, labels) { History = history };
            IReadOnlyList<LabelInfo> tuned = validationRows is null ? labels : ThresholdTuner.Tune(model, validationRows, channel);
            return new MultiTaskTransformer(
                _environment,
                ReferenceEquals(tuned, labels) ? model : new NetworkModel(network, _options.FeatureColumnName, Tasks, tuned) { History = history });
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>A trainer with the same options for other tasks or another seed: for ensembles and single-task twins.</summary>
    internal abstract MultiTaskTrainer With(IReadOnlyList<PredictionTask> tasks, ulong seed);

    /// <summary>The network to train, for this many features and raw outputs per task.</summary>
    internal abstract NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts);

    /// <summary>Builds the network and gives it its first weights.</summary>
    internal MultiTaskNetwork BuildNetwork(TabularData rows, IReadOnlyList<LabelInfo> labels)
    {
        MultiTaskNetwork network = NetworkKinds.Create(DescribeNetwork(rows.FeatureCount, [.. labels.Select(label => label.OutputCount)]));
        float[][]?[] valueWeights = LearnValueWeights(rows, labels);
        float[][] biases = [.. Tasks.Select((task, i) => task.GetInitialBias(labels[i], rows.Labels[i], rows.LabelWidths[i], new LabelWeights(rows.GetRowWeights(i), valueWeights[i])))];
        network.Initialize(new CounterRandom(_seed, (uint)RandomStream.Initialization), biases);
        return network;
    }

    /// <summary>Opens a training of a network on rows; the session owns its sources, and not the network.</summary>
    internal TrainingSession OpenSession(MultiTaskNetwork network, TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels)
    {
        float[][]?[] valueWeights = LearnValueWeights(rows, labels);
        InMemoryBatchSource Open(TabularData data) => new(data, new LabelTargets(data, Tasks, labels, valueWeights));

        InMemoryBatchSource training = Open(rows);
        return new TrainingSession(
            _options,
            Tasks,
            [.. Tasks.Select((task, i) => task.CreateMetric(labels[i]))],
            _seed,
            new TorchEngine(network, Tasks, training.LabelledShares, _options.Optimizer, _options.MaximumGradientNorm),
            training,
            validationRows is null ? null : Open(validationRows));
    }

    private float[][]?[] LearnValueWeights(TabularData rows, IReadOnlyList<LabelInfo> labels) =>
        [.. Tasks.Select((task, i) => task.LearnValueWeights(labels[i], rows.Labels[i], rows.LabelWidths[i]))];

    private void RequireValidation(IDataView? validationData)
    {
        bool hasValidation = validationData is not null || _options.DividesRows;
        ThresholdTuner.RequireValidation(Tasks, hasValidation);
        if (!hasValidation && _options.EarlyStopping is { Patience: not null })
        {
            throw new ArgumentException("Option EarlyStopping watches validation data, and there are none: call Fit(trainData, validationData), or set ValidationFraction or ValidationColumnName. With Patience = null, MaximumDuration alone ends training.");
        }
    }
}
