using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask;

/// <summary>The base of trainers that train one network on one feature column.</summary>
public abstract class NetworkTrainer : MultiTaskTrainer
{
    private readonly MultiTaskTrainerOptions _options;
    private readonly TrainerVariation _variation;

    private protected NetworkTrainer(IHostEnvironment environment, MultiTaskTrainerOptions options, TrainerVariation? variation)
        : base(environment, Validated(options).Tasks, (uint?)options.Seed, variation)
    {
        _variation = variation ?? new TrainerVariation();
        _options = _variation.Run is { } run ? options.With(run) : options;
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        IReadOnlyList<SchemaShape.Column> labels = DataColumns.Require(inputSchema, _options.Columns, Tasks);
        SchemaShape.Column[] outputs = [.. Tasks.SelectMany((task, i) => task.GetOutputShape(labels[i]))];
        return new SchemaShape(inputSchema.ExceptBy(outputs.Select(column => column.Name), column => column.Name).Concat(outputs));
    }

    internal override string FeatureColumnName => _options.FeatureColumnName;

    internal override TrainingRun Run => new(_options.Progress, _options.Checkpointing, _options.OnCancellation, _options.InitialModel, _options.CancellationToken);

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        using IChannel channel = Host.Start("Training");
        ComputeDevice.RequireCpu(Environment, channel);
        using IDisposable threads = TorchThreads.Use(_options.NumberOfThreads);

        // Callers may have switched gradients off for themselves; training needs them.
        using IDisposable gradients = torch.inference_mode(false);
        using IDisposable scope = torch.NewDisposeScope();
        RequireValidation(validationData);
        using CheckpointStore? checkpoints = _options.Checkpointing is { } checkpointing ? new CheckpointStore(checkpointing, channel) : null;
        NetworkModel? initial = (initialModel ?? _options.InitialModel) is { } given ? WarmStart.GetNetworkModel(given) : null;
        IReadOnlyList<LabelInfo>? known = initial is null ? null : WarmStart.GetLabels(initial, Tasks, trainData.Schema);
        IReadOnlyList<bool>? taught = _variation.Teaching?.FindTaught(Tasks);
        (TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels) =
            new TrainingData(_options, Tasks, Seed, channel) { Taught = taught }.Read(trainData, validationData, known);
        WarmStart.RequireFeatureCount(rows, validationRows, initial);
        ILesson? lesson = taught is null
            ? null
            : _variation.Teaching!.Prepare(new LessonRequest(trainData, rows, validationData is null ? validationRows : null, FeatureColumnName, Tasks, labels, channel, _options.CancellationToken));
        labels = lesson?.Labels ?? labels;
        FeatureSlots? slots = initial is null ? DrawSlots(rows.FeatureCount) : initial.FeatureSlots;
        if (slots is not null)
        {
            rows = TabularRows.SelectFeatures(rows, slots);
            validationRows = validationRows is null ? null : TabularRows.SelectFeatures(validationRows, slots);
        }

        if (_variation.Bootstrap)
        {
            rows = TabularRows.Draw(rows, new CounterRandom(Seed, (uint)RandomStream.Bootstrap).NextBelow);
        }

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
            using (TrainingSession session = OpenSession(network, rows, validationRows, labels, lesson))
            {
                if (checkpoints is not null)
                {
                    checkpoints.Settings = [.. TrainingSettings.Of(_options, Tasks, Seed, network, labels, initial, rows, validationRows), .. DescribeSettings(), .. lesson?.DescribeSettings() ?? []];
                }

                history = new TrainingLoop(_options, session, Tasks, channel, checkpoints).Run();
            }

            network.Dropout = null;
            if (validationRows is not null)
            {
                labels = ThresholdTuner.Tune(new NetworkModel(network, FeatureColumnName, Tasks, labels), validationRows, channel);
            }

            return new MultiTaskTransformer(Environment, new NetworkModel(network, FeatureColumnName, Tasks, labels) { History = history, FeatureSlots = slots });
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The network to train, for this many features and raw outputs per task.</summary>
    internal abstract NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts);

    /// <summary>What the result depends on beside the shared options, as texts by name: a checkpoint of other settings is of another training.</summary>
    internal virtual IEnumerable<KeyValuePair<string, string>> DescribeSettings() => [];

    /// <summary>Tells a network that has been built what concerns its training alone.</summary>
    private protected virtual void Prepare(MultiTaskNetwork network)
    {
    }

    /// <summary>Builds the network and gives it its first weights.</summary>
    internal MultiTaskNetwork BuildNetwork(TabularData rows, IReadOnlyList<LabelInfo> labels)
    {
        MultiTaskNetwork network = NetworkKinds.Create(DescribeNetwork(rows.FeatureCount, [.. labels.Select(label => label.OutputCount)]));
        float[][]?[] valueWeights = LearnValueWeights(rows, labels);
        float[][] biases = [.. Tasks.Select((task, i) => task.GetInitialBias(labels[i], rows.Labels[i], rows.LabelWidths[i], new LabelWeights(rows.GetRowWeights(i), valueWeights[i])))];
        Prepare(network);
        network.Initialize(new CounterRandom(Seed, (uint)RandomStream.Initialization), biases);
        return network;
    }

    /// <summary>Opens a training of a network on rows; the session owns its sources, and not the network.</summary>
    internal TrainingSession OpenSession(MultiTaskNetwork network, TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels, ILesson? lesson = null)
    {
        float[][]?[] valueWeights = LearnValueWeights(rows, labels);
        InMemoryBatchSource Open(TabularData data, params IReadOnlyList<ITargetSource> others) => new(data, new LabelTargets(data, Tasks, labels, valueWeights), others);

        InMemoryBatchSource training = lesson is null ? Open(rows) : Open(rows, lesson.CreateTargets(rows));
        return new TrainingSession(
            _options,
            Tasks,
            [.. Tasks.Select((task, i) => task.CreateMetric(labels[i]))],
            Seed,
            new TorchEngine(network, Tasks, training.LabelledShares, _options.Optimizer, _options.MaximumGradientNorm),
            training,
            validationRows is null ? null : Open(validationRows));
    }

    private FeatureSlots? DrawSlots(int featureCount)
    {
        if (_variation.FeatureFraction >= 1)
        {
            return null;
        }

        int count = Math.Max(1, (int)Math.Round(_variation.FeatureFraction * featureCount));
        long[] order = new CounterRandom(Seed, (uint)RandomStream.FeatureSlots).NextPermutation(featureCount);
        return new FeatureSlots(featureCount, [.. order.Take(count).Select(slot => (int)slot).Order()]);
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

    private static MultiTaskTrainerOptions Validated(MultiTaskTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
