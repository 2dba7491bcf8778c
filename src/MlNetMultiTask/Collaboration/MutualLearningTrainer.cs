using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Models;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>
/// Deep mutual learning (Zhang, Xiang, Hospedales, Lu 2018): several networks, which start differently or are built differently, learn from the same batches, each from the labels and from what the
/// others predict. The loss of network i is, summed over tasks,
/// Lᵢ = L(labels) + PeerWeight · 1/(K−1) Σ_{j≠i} D(pⱼ ‖ pᵢ), where D is the divergence of Kullback and Leibler for classes, yes and no, and sets of labels, and the squared difference for (standardised) numbers;
/// no gradient flows into the peers' predictions pⱼ.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.MutualLearning(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>As for the members</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once for all networks</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// In each step all networks predict the batch first, then each moves; so none is privileged by going first. Where a row has no label for a task, the networks still learn the task from one another there.
/// A row without any label is left out, as elsewhere. Row weights act on both terms; class weights, label smoothing and a task's own weight column on the labels' alone.
/// To go on from a model, give the ensemble of as many networks; or one network, from which the first of the same layers goes on, while the others begin anew.
/// The history has the figures of all networks (<see cref="TrainingEpoch.Members"/>), and how far they agree (<see cref="TrainingEpoch.Agreement"/>); losses in it are those against labels.
/// </para>
/// </remarks>
public sealed class MutualLearningTrainer : MultiTaskTrainer
{
    private readonly MutualLearningOptions _options;
    private readonly TrainerVariation _variation;
    private readonly MultiTaskTrainerOptions _training;

    internal MutualLearningTrainer(IHostEnvironment environment, MutualLearningOptions options, TrainerVariation? variation = null)
        : base(environment, Validated(options).Members[0].Tasks, options.Seed is { } seed ? (uint)seed : options.Members[0].Seed, variation)
    {
        _options = options;
        _variation = variation ?? new TrainerVariation();
        _training = options.Learners[0].Options.For(_variation.Tasks, _variation.EpochFactor).With(_variation.Run ?? options.Run);
    }

    internal override string FeatureColumnName => _training.FeatureColumnName;

    internal override ulong? SeedOfVariations => null;

    internal override TrainingRun Run => _training.Run;

    internal override long CountStepsOfEpoch(long labelledRows, long rows) => _options.Learners[0].CountStepsOfEpoch(labelledRows, rows);

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _options.Learners.Select(member => (_variation.Tasks is { } tasks ? member.With(new TrainerVariation { Tasks = tasks, Seed = member.Seed }) : member).GetOutputSchema(inputSchema)).ToArray()[0];

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        var random = new CounterRandom(Seed, (uint)RandomStream.Members);
        bool drawsSeeds = _options.Members.Count == 1 || _variation.Seed is not null;
        NetworkTrainer[] learners =
        [
            .. _options.Learners.Select(member => (member, Drawn: random.NextUInt64())).Select(item =>
                (NetworkTrainer)item.member.With(new TrainerVariation { Tasks = _variation.Tasks, EpochFactor = _variation.EpochFactor, Seed = drawsSeeds ? item.Drawn : item.member.Seed, Sampling = _variation.Sampling })),
        ];
        IReadOnlyList<NetworkModel>? initial = (initialModel ?? _training.InitialModel) is { } given ? WarmStart.GetNetworkModels(given, learners.Length) : null;
        var training = new NetworkTraining(this, _training, _variation, learners, _options.PeerWeight, _options.Convergence);
        (IReadOnlyList<NetworkModel> models, TrainingHistory history) = training.Run(trainData, validationData, initial);
        return new MultiTaskTransformer(Environment, _options.Result == MutualLearningResult.Ensemble ? Combine(models, history) : ChooseBest(models, history));
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new MutualLearningTrainer(Environment, _options, variation);

    private EnsembleModel Combine(IReadOnlyList<NetworkModel> models, TrainingHistory history) =>
        new(models, [.. Tasks.Select(_ => _options.Combiner)]) { History = history };

    private NetworkModel ChooseBest(IReadOnlyList<NetworkModel> models, TrainingHistory history)
    {
        // The means of the first epoch are the common measure for losses of different units.
        EarlyStoppingMonitor monitor = _training.EarlyStopping?.Monitor ?? EarlyStoppingMonitor.RelativeLoss();
        var first = EpochFigures.Of(history.Epochs[0]);
        IReadOnlyList<TrainingEpoch> members = history.Epochs[history.BestEpoch - 1].Members;
        int best = Enumerable.Range(0, models.Count).MinBy(i => monitor.Evaluate(first, EpochFigures.Of(members[i])) is var figure && double.IsNaN(figure) ? double.PositiveInfinity : figure);
        for (int i = 0; i < models.Count; i++)
        {
            if (i != best)
            {
                models[i].Dispose();
            }
        }

        models[best].History = history.OfMember(best, tellsOfAll: true);
        return models[best];
    }

    private static MutualLearningOptions Validated(MutualLearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
