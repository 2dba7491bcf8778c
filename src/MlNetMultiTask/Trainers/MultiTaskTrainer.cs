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
/// The trainer draws its seed from the <see cref="MLContext"/> when it is constructed: fitting twice gives the same model,
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
        _seed = seed ?? (((ulong)(uint)_host.Rand.Next() << 32) | (uint)_host.Rand.Next());
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
        IReadOnlyList<SchemaShape.Column> labels = DataColumns.Require(inputSchema, _options.FeatureColumnName, Tasks, _options.ExampleWeightColumnName);
        SchemaShape.Column[] outputs = [.. Tasks.SelectMany((task, i) => task.GetOutputShape(labels[i]))];
        return new SchemaShape(inputSchema.ExceptBy(outputs.Select(column => column.Name), column => column.Name).Concat(outputs));
    }

    /// <summary>Trains on the data.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The fitted model; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds values that training can't use.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="TorchUnavailableException">TorchSharp's native libraries can't be loaded.</exception>
    public MultiTaskTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Trains on the data, and measures the losses on other data after each epoch.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns to measure on; null for none. Classes are matched by name.</param>
    /// <param name="initialModel">
    /// A model to go on from, or null: a <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one. It must have the
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
        using IDisposable threads = TorchThreads.Use(_options.NumberOfThreads);

        // Callers may have switched gradients off for themselves; training needs them.
        using IDisposable gradients = torch.inference_mode(false);
        using IDisposable scope = torch.NewDisposeScope();
        ThresholdTuner.RequireValidation(Tasks, validationData is not null);
        NetworkModel? initial = initialModel is null ? null : WarmStart.GetNetworkModel(initialModel);
        IReadOnlyList<LabelInfo>? known = initial is null ? null : WarmStart.GetLabels(initial, Tasks, trainData.Schema);

        TabularData rows = Read(channel, trainData, known, "training");
        if (FeatureScales.FindProblem(rows) is { } problem)
        {
            channel.Warning(MessageSensitivity.Schema, problem);
        }

        IReadOnlyList<LabelInfo> labels = known is null
            ? Learn(trainData.Schema, rows)
            : [.. known.Select((label, i) => Tasks[i].LearnMore(label, rows.Labels[i], rows.LabelWidths[i]))];
        TabularData? validationRows = validationData is null ? null : Read(channel, validationData, labels, "validation");
        WarmStart.RequireFeatureCount(rows, validationRows, initial);

        MultiTaskNetwork network = BuildNetwork(rows, labels);
        try
        {
            if (initial is not null)
            {
                WarmStart.CopyWeights(initial, network);
            }

            using TrainingSession session = OpenSession(network, rows, validationRows, labels);
            Run(session, channel);
            var model = new NetworkModel(network, _options.FeatureColumnName, Tasks, labels);
            IReadOnlyList<LabelInfo> tuned = validationRows is null ? labels : ThresholdTuner.Tune(model, validationRows);
            return new MultiTaskTransformer(_environment, ReferenceEquals(tuned, labels) ? model : new NetworkModel(network, _options.FeatureColumnName, Tasks, tuned));
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
        float[][] biases = [.. Tasks.Select((task, i) => task.GetInitialBias(labels[i], rows.Labels[i], rows.LabelWidths[i]))];
        network.Initialize(new CounterRandom(_seed, (uint)RandomStream.Initialization), biases);
        return network;
    }

    /// <summary>Opens a training of a network on rows; the session owns its sources, and not the network.</summary>
    internal TrainingSession OpenSession(MultiTaskNetwork network, TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels)
    {
        InMemoryBatchSource training = OpenSource(rows, labels);
        return new TrainingSession(
            _options,
            Tasks,
            _seed,
            new TorchEngine(network, Tasks, training.LabelledShares),
            training,
            validationRows is null ? null : OpenSource(validationRows, labels));
    }

    private InMemoryBatchSource OpenSource(TabularData rows, IReadOnlyList<LabelInfo> labels) =>
        new(rows, new LabelTargets(rows, Tasks, labels));

    private TabularData Read(IChannel channel, IDataView data, IReadOnlyList<LabelInfo>? known, string role)
    {
        TabularData rows = new DataViewReader(_options.FeatureColumnName, Tasks, _options.ExampleWeightColumnName).Read(data, known, _options.CancellationToken);
        channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Read {rows.RowCount} {role} rows of {rows.FeatureCount} features."));
        if (rows.SkippedRowCount > 0)
        {
            channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"Left out {rows.SkippedRowCount} {role} rows without a label for any task, or of weight 0."));
        }

        if (rows.UnknownLabelCount > 0)
        {
            channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"{rows.UnknownLabelCount} labels of the {role} data are of classes unknown to the model, and were treated as missing."));
        }

        return rows;
    }

    private LabelInfo[] Learn(DataViewSchema schema, TabularData rows)
    {
        var labels = new LabelInfo[Tasks.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (Array.TrueForAll(rows.Labels[i], float.IsNaN))
            {
                throw new ArgumentException($"Label column '{Tasks[i].LabelColumnName}' of task '{Tasks[i].Name}' has no label in any of the {rows.RowCount} rows. Leave the task out, or look why its labels are missing.");
            }

            labels[i] = Tasks[i].Learn(schema[Tasks[i].LabelColumnName], rows.Labels[i], rows.LabelWidths[i]);
        }

        return labels;
    }

    private void Run(TrainingSession session, IChannel channel)
    {
        while (session.Epoch < _options.MaximumNumberOfEpochs)
        {
            TrainingProgress progress = session.RunEpoch();
            channel.Info(MessageSensitivity.Schema, Describe(progress));
            _options.Progress?.Report(progress);
        }
    }

    private static string Describe(TrainingProgress progress)
    {
        string Losses(IReadOnlyDictionary<string, double> losses) =>
            string.Join(", ", losses.Select(loss => FormattableString.Invariant($"{loss.Key} {loss.Value:0.0000}")));

        return FormattableString.Invariant($"Epoch {progress.Epoch} of {progress.MaximumNumberOfEpochs}: training loss {Losses(progress.TrainingLosses)}")
            + (progress.ValidationLosses is { } validation ? $"; validation loss {Losses(validation)}" : "");
    }
}
