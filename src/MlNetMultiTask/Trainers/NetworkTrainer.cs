using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

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
        options = _variation.Tasks is { } tasks ? options.For(tasks) : options;
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

    /// <summary>All that the trainer was told, run as it is run.</summary>
    internal MultiTaskTrainerOptions Options => _options;

    internal override TrainingRun Run => _options.Run;

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        NetworkModel? initial = (initialModel ?? _options.InitialModel) is { } given ? WarmStart.GetNetworkModel(given) : null;
        return new MultiTaskTransformer(Environment, Training.Run(trainData, validationData, initial is null ? null : [initial]).Models[0]);
    }

    /// <summary>The network to train, for this many features and raw outputs per task.</summary>
    internal abstract NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts);

    /// <summary>What the result depends on beside the shared options, as texts by name: a checkpoint of other settings is of another training.</summary>
    internal virtual IEnumerable<KeyValuePair<string, string>> DescribeSettings() => [];

    /// <summary>The same with what concerns the network and its steps.</summary>
    internal IEnumerable<KeyValuePair<string, string>> DescribeSettings(MultiTaskNetwork network, NetworkModel? initial) =>
        [.. TrainingSettings.OfNetwork(_options, Seed, network, initial), .. DescribeSettings()];

    /// <summary>Tells a network that has been built what concerns its training alone.</summary>
    internal virtual void Prepare(MultiTaskNetwork network)
    {
    }

    /// <summary>Builds the network and gives it its first weights.</summary>
    internal MultiTaskNetwork BuildNetwork(TabularData rows, IReadOnlyList<LabelInfo> labels)
    {
        MultiTaskNetwork network = Create(DescribeNetwork(rows.FeatureCount, [.. labels.Select(label => label.OutputCount)]));
        float[][]?[] valueWeights = NetworkTraining.LearnValueWeights(Tasks, rows, labels);
        float[][] biases = [.. Tasks.Select((task, i) => task.GetInitialBias(labels[i], rows.Labels[i], rows.LabelWidths[i], new LabelWeights(rows.GetRowWeights(i), valueWeights[i])))];
        Prepare(network);
        network.Initialize(new CounterRandom(Seed, (uint)RandomStream.Initialization), biases);
        return network;
    }

    /// <summary>What trains a network; it does not own the network.</summary>
    internal Learner CreateLearner(MultiTaskNetwork network, IReadOnlyList<LabelInfo> labels, IReadOnlyList<double> labelledShares, bool learnsFromPeers, string of) => new(
        _options,
        Tasks,
        [.. Tasks.Select((task, i) => task.CreateMetric(labels[i]))],
        Seed,
        new TorchEngine(network, Tasks, labelledShares, _options.Optimizer, _options.MaximumGradientNorm, _options.Dropout) { ComputesAllRows = learnsFromPeers, BalancedGradients = _options.BalancedGradients })
    {
        Of = of,
    };

    /// <summary>Opens a training of a network on rows; the session owns its sources, and not the network.</summary>
    internal TrainingSession OpenSession(MultiTaskNetwork network, TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels) =>
        Training.OpenSession([network], rows, validationRows, labels);

    /// <summary>What is wrong with a network that is described by options, and not by a file, is an argument's fault.</summary>
    private static MultiTaskNetwork Create(NetworkDescription description)
    {
        try
        {
            long count = NetworkKinds.CountParameters(description);
            return count <= int.MaxValue
                ? NetworkKinds.Create(description)
                : throw new ArgumentException($"The network would have {count} parameters, for {description.FeatureCount} features; up to {int.MaxValue} are possible. Make its layers narrower, or the features fewer.");
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, e.InnerException ?? e);
        }
    }

    private NetworkTraining Training => new(this, _options, _variation, [this]);

    private static MultiTaskTrainerOptions Validated(MultiTaskTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
