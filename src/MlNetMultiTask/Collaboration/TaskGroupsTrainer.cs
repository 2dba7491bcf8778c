using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Models;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>
/// Groups of tasks (Standley et al. 2020, "Which Tasks Should Be Learned Together in Multi-task Learning?"): tasks that help one another share a network, and tasks that do not are kept apart. One
/// network is trained for each group; the fitted model is one <see cref="MultiTaskTransformer"/> with the columns of all tasks.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.TaskGroups(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Those of the trainers</description></item>
/// <item><term>Is normalization required?</term><description>As for the trainers</description></item>
/// <item><term>Is caching required?</term><description>No; each group reads the data once, so that a chain that is slow to read is better cached (<c>AppendCacheCheckpoint</c>)</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// The tasks keep the order of the trainer, whatever the order of groups and names. A row is used by the groups of which it has a label. What options say of single tasks (weights of
/// <see cref="TaskBalancing.Fixed"/>, say) is for the groups that have them. A group without the task that early stopping watches watches the losses of its own, and one of a single task has nothing to balance. The models of the groups are the <see cref="MultiTaskTransformer.Members"/>, each with its history. To go on from a model, give one
/// with the same groups.
/// </para>
/// </remarks>
public sealed class TaskGroupsTrainer : MultiTaskTrainer
{
    private readonly TaskGroupsOptions _options;
    private readonly TrainerVariation? _variation;
    private readonly IReadOnlyList<(MultiTaskTrainer Trainer, PredictionTask[] Tasks)> _groups;

    internal TaskGroupsTrainer(IHostEnvironment environment, TaskGroupsOptions options, TrainerVariation? variation = null)
        : base(environment, Validated(options).Tasks, options.Seed is { } seed ? (uint)seed : options.Trainers[0].Seed, variation)
    {
        _options = options;
        _variation = variation;
        _groups =
        [
            .. options.All
                .Select(group => (group.Trainer, Tasks: Tasks.Where(task => group.TaskNames.Contains(task.Name)).ToArray()))
                .Where(group => group.Tasks.Length > 0),
        ];
    }

    internal override string FeatureColumnName => _options.Trainers[0].FeatureColumnName;

    internal override ulong? SeedOfVariations => null;

    internal override TrainingRun Run => _variation?.Run ?? new TrainingRun(_options.Progress, _options.Checkpointing, _options.Trainers[0].Run.OnCancellation, null, _options.CancellationToken);

    internal override bool GoesOn => _options.Trainers.Any(trainer => trainer.GoesOn);

    internal override bool HasGroups => _groups.Count > 1 || _groups[0].Trainer.HasGroups;

    internal override MultiTaskTrainer FindLearner(string task)
    {
        (MultiTaskTrainer trainer, PredictionTask[] tasks) = _groups.First(group => group.Tasks.Any(own => own.Name == task));
        return trainer.With(new TrainerVariation { Tasks = tasks, Seed = GetSeed(trainer) }).FindLearner(task);
    }

    internal override long CountStepsOfEpoch(long labelledRows, long rows) => _options.Trainers[0].CountStepsOfEpoch(labelledRows, rows);

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        string[] names = [.. Tasks.SelectMany(task => task.OutputColumnNames)];
        Dictionary<string, SchemaShape.Column> outputs = _groups
            .SelectMany(group => group.Trainer.With(new TrainerVariation { Tasks = group.Tasks, Seed = GetSeed(group.Trainer) }).GetOutputSchema(inputSchema)
                .IntersectBy(group.Tasks.SelectMany(task => task.OutputColumnNames), column => column.Name))
            .ToDictionary(column => column.Name, StringComparer.Ordinal);
        return new SchemaShape(inputSchema.ExceptBy(names, column => column.Name).Concat(names.Select(name => outputs[name])));
    }

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        using var members = new MemberTraining(Host, Run, [.. _groups.Select(group => group.Trainer)]) { Noun = "group", NeedsAll = true, Parallel = _options.MaximumNumberOfParallelGroups };
        MultiTaskTrainer[] trainers =
        [
            .. _groups.Select((group, i) => group.Trainer.With(new TrainerVariation
            {
                Tasks = group.Tasks,
                Seed = GetSeed(group.Trainer),
                Bootstrap = _variation?.Bootstrap == true,
                EpochFactor = _variation?.EpochFactor ?? 1,
                FeatureFraction = _variation?.FeatureFraction ?? 1,
                Sampling = _variation?.Sampling,
                Teaching = _variation?.Teaching,
                Run = members.GetRun(i),
            })),
        ];
        return members.Train(trainers, trainData, validationData, FindInitialModels(initialModel), Combine);
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new TaskGroupsTrainer(Environment, _options, variation);

    private MultiTaskTransformer Combine(IReadOnlyList<Model> models)
    {
        string[] taskNames = [.. Tasks.Select(task => task.Name)];
        return GroupedManifest.FindProblem(models, taskNames) is { } problem
            ? throw new ArgumentException($"The groups do not belong together: {problem}")
            : new MultiTaskTransformer(Environment, new GroupedModel(models, taskNames));
    }

    /// <summary>
    /// Groups have the same seed: they have nothing in common that would have to differ, and rows that are put aside or drawn are the same for all.
    /// </summary>
    private ulong? GetSeed(MultiTaskTrainer trainer) => _variation?.Seed ?? (_options.Seed is { } seed ? (uint)seed : trainer.SeedOfVariations);

    /// <summary>The models from which the groups go on: those of a model of the same groups; null where each does as its own options say.</summary>
    private IReadOnlyList<MultiTaskTransformer>? FindInitialModels(ITransformer? initialModel) =>
        (initialModel ?? GetCommonInitialModel()) is { } given ? WarmStart.GetGroups(given, [.. _groups.Select(group => group.Tasks)]) : null;

    /// <summary>A model of groups that the options of the one trainer give as initial model; anything else is the trainers' own matter.</summary>
    private ITransformer? GetCommonInitialModel() =>
        _options.Trainers.Count == 1 && _options.Trainers[0].Run.InitialModel is { } given && TransformerSearch.FindAll(given) is [{ Model: GroupedModel }] ? given : null;

    private static TaskGroupsOptions Validated(TaskGroupsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
