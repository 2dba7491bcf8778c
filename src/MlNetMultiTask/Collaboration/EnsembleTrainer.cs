using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Models;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>
/// An ensemble (Hansen and Salamon 1990; Lakshminarayanan, Pritzel, Blundell 2017): several networks are trained, each by itself, and their predictions combined task by task. The fitted
/// model is a <see cref="MultiTaskTransformer"/> with the same columns as a single network's.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.Ensemble(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Those of the members; votes are for classes and labels only</description></item>
/// <item><term>Is normalization required?</term><description>As for the members</description></item>
/// <item><term>Is caching required?</term><description>No; each member reads the data once, so that a chain that is slow to read is better cached (<c>AppendCacheCheckpoint</c>)</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// Each member is trained as its own options say: where it puts validation rows aside, it draws them by its own seed. To go on from a model, give an ensemble of as many members.
/// </para>
/// </remarks>
public sealed class EnsembleTrainer : MultiTaskTrainer
{
    private readonly EnsembleOptions _options;
    private readonly TrainerVariation? _variation;

    internal EnsembleTrainer(IHostEnvironment environment, EnsembleOptions options, TrainerVariation? variation = null)
        : base(environment, Validated(options).Members[0].Tasks, options.Seed is { } seed ? (uint)seed : options.Members[0].Seed, variation)
    {
        _options = options;
        _variation = variation;
    }

    internal override string FeatureColumnName => _options.Members[0].FeatureColumnName;

    internal override ulong? SeedOfVariations => null;

    internal override TrainingRun Run => _variation?.Run ?? new TrainingRun(_options.Progress, _options.Checkpointing, _options.Members[0].Run.OnCancellation, null, _options.CancellationToken);

    internal override bool GoesOn => _options.Members.Any(member => member.GoesOn);

    internal override bool HasGroups => _options.Members.Any(member => member.HasGroups);

    internal override MultiTaskTrainer FindLearner(string task) => _options.Members[0].FindLearner(task);

    internal override long CountStepsOfEpoch(long labelledRows, long rows) => _options.Members[0].CountStepsOfEpoch(labelledRows, rows);

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _options.Members.Select(member => (_variation?.Tasks is { } tasks ? member.With(new TrainerVariation { Tasks = tasks, Seed = member.Seed }) : member).GetOutputSchema(inputSchema)).ToArray()[0];

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        MultiTaskTrainer[] prototypes = [.. Enumerable.Range(0, _options.Count).Select(i => _options.Members[_options.Members.Count == 1 ? 0 : i])];
        using var members = new MemberTraining(Host, Run, prototypes) { Parallel = _options.MaximumNumberOfParallelMembers };
        var random = new CounterRandom(Seed, (uint)RandomStream.Members);
        MultiTaskTrainer[] trainers =
        [
            .. prototypes.Select((prototype, i) => prototype.With(new TrainerVariation
            {
                Tasks = _variation?.Tasks,
                Seed = GetSeed(prototype, random.NextUInt64()),
                Bootstrap = _options.Bootstrap || _variation?.Bootstrap == true,
                EpochFactor = _variation?.EpochFactor ?? 1,
                FeatureFraction = _options.FeatureFraction * (_variation?.FeatureFraction ?? 1),
                Teaching = _variation?.Teaching,
                Sampling = _variation?.Sampling,
                Run = members.GetRun(i),
            })),
        ];
        return members.Train(trainers, trainData, validationData, FindInitialModels(initialModel), Combine);
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new EnsembleTrainer(Environment, _options, variation);

    private MultiTaskTransformer Combine(IReadOnlyList<Model> models)
    {
        EnsembleCombiner[] combiners = [.. Tasks.Select(_options.GetCombiner)];
        return EnsembleManifest.FindProblem(models, combiners) is { } problem
            ? throw new ArgumentException($"The members of the ensemble do not belong together: {problem}")
            : new MultiTaskTransformer(Environment, new EnsembleModel(models, combiners));
    }

    /// <summary>Copies of one trainer differ by their seeds; trainers that are different already keep theirs, unless the ensemble itself is varied.</summary>
    private ulong? GetSeed(MultiTaskTrainer prototype, ulong drawn) =>
        _options.Members.Count == 1 || _variation?.Seed is not null ? drawn : prototype.SeedOfVariations;

    /// <summary>The models from which the members go on: those of an ensemble of as many; null where each does as its own options say.</summary>
    private IReadOnlyList<MultiTaskTransformer>? FindInitialModels(ITransformer? initialModel) =>
        (initialModel ?? GetCommonInitialModel()) is { } given ? WarmStart.GetMembers(given, _options.Count) : null;

    /// <summary>An ensemble that the options of the one trainer that is copied give as initial model; anything else is the members' own matter.</summary>
    private ITransformer? GetCommonInitialModel() =>
        _options.Members.Count == 1 && _options.Members[0].Run.InitialModel is { } given && TransformerSearch.FindAll(given) is [{ Model: EnsembleModel }] ? given : null;

    private static EnsembleOptions Validated(EnsembleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
