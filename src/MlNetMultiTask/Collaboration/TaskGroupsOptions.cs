using System.Globalization;
using MlNetMultiTask.Tasks;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="TaskGroupsTrainer"/>.</summary>
public sealed class TaskGroupsOptions
{
    /// <summary>
    /// What is trained: one trainer, whose tasks are divided by <see cref="Groups"/>; or two trainers or more, each for a group of its own, which have no task in common and the same feature column.
    /// </summary>
    /// <value>There is no default; at least one trainer is needed.</value>
    public IReadOnlyList<MultiTaskTrainer> Trainers { get; init; } = [];

    /// <summary>With one trainer, the names of the tasks of each group: each of the trainer's tasks once, in any order. With several trainers, empty.</summary>
    /// <value>The default is empty: the tasks of each of several trainers are a group.</value>
    public IReadOnlyList<IReadOnlyList<string>> Groups { get; init; } = [];

    /// <summary>
    /// How many groups are trained at the same time; 1 or more. The model is the same, bit by bit. Each group reads the data by itself and holds its own copy
    /// in memory; set the trainers' <see cref="MultiTaskTrainerOptions.NumberOfThreads"/> so that all of them together have no more threads than there are cores.
    /// </summary>
    /// <value>The default is 1: one group after the other.</value>
    public int MaximumNumberOfParallelGroups { get; init; } = 1;

    /// <summary>The seed of the networks of all groups.</summary>
    /// <value>The default is null: each group has the seed of its trainer, and is what this trainer would learn of these tasks alone.</value>
    public int? Seed { get; init; }

    /// <summary>
    /// Where the states of groups are kept, each in a folder of its own below this one, so that a training that was cut off goes on: with what the group at work had
    /// reached, and with finished groups as they are. The folders are deleted when all groups are finished. Null: below the folder of the trainer's own options, if it has one.
    /// </summary>
    /// <value>The default is null.</value>
    public Checkpointing? Checkpointing { get; init; }

    /// <summary>Is told of the progress of all groups, beside the listener of the trainers' own options; one report at a time.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training, as do the tokens of the trainers' own options. Without a model of every group there is none, whatever <see cref="MultiTaskTrainerOptions.OnCancellation"/> says.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>All tasks: those of the one trainer in its order, or those of one trainer after the other.</summary>
    internal IReadOnlyList<PredictionTask> Tasks => [.. Trainers.SelectMany(trainer => trainer.Tasks)];

    /// <summary>Per group its trainer and the names of its tasks.</summary>
    internal IReadOnlyList<(MultiTaskTrainer Trainer, IReadOnlyList<string> TaskNames)> All => Trainers.Count > 1
        ? [.. Trainers.Select(trainer => (trainer, (IReadOnlyList<string>)[.. trainer.Tasks.Select(task => task.Name)]))]
        : [.. Groups.Select(group => (Trainers[0], group))];

    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        Require(Trainers is { Count: > 0 } && !Trainers.Contains(null!), nameof(Trainers), "is empty or contains null; give one trainer and Groups, or a trainer for each group");
        Require(Groups is not null && Groups.All(group => group is not null && !group.Contains(null!)), nameof(Groups), "is null or contains null; give the names of the tasks of each group");
        Require(Trainers!.Count == 1 || Groups!.Count == 0, nameof(Groups), string.Create(CultureInfo.InvariantCulture, $"and {Trainers.Count} trainers both say what the groups are; give one trainer and Groups, or several trainers alone"));
        if (Trainers.Count == 1)
        {
            RequirePartition();
        }
        else
        {
            RequireDisjoint();
        }

        const int Maximum = Models.CompositeManifest.MaximumNumberOfMembers;
        Require(All.Count <= Maximum, nameof(Groups), string.Create(CultureInfo.InvariantCulture, $"are {All.Count}; {Maximum} are possible"));
        foreach ((MultiTaskTrainer trainer, IReadOnlyList<string> names) in All)
        {
            bool learns = trainer.Tasks.Any(task => task.LossWeight > 0 && names.Contains(task.Name));
            Require(learns, nameof(Groups), $"has the group {TaskColumns.Describe(names)}, whose tasks all have the lossWeight 0, so that nothing would be learned; give one of them a weight, or put them into another group");
        }

        Require(MaximumNumberOfParallelGroups > 0, nameof(MaximumNumberOfParallelGroups), string.Create(CultureInfo.InvariantCulture, $"is {MaximumNumberOfParallelGroups}; it must be 1 or more"));
        if (Checkpointing is { } checkpointing)
        {
            RequireCheckpointing(checkpointing);
        }
    }

    private void RequirePartition()
    {
        Require(Groups.Count > 0, nameof(Groups), "is empty; give the names of the tasks of each group");
        int empty = Groups.Index().Where(group => group.Item.Count == 0).Select(group => group.Index + 1).FirstOrDefault();
        Require(empty == 0, nameof(Groups), string.Create(CultureInfo.InvariantCulture, $"has the group {empty} without a task; leave it out"));
        string[] names = [.. Groups.SelectMany(group => group)];
        string[] tasks = [.. Trainers[0].Tasks.Select(task => task.Name)];
        string? unknown = names.Except(tasks, StringComparer.Ordinal).FirstOrDefault();
        Require(unknown is null, nameof(Groups), $"names the task '{unknown}', which is none of the trainer's: {TaskColumns.Describe(tasks)}");
        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twice is null, nameof(Groups), $"names the task '{twice}' twice; each task is in one group");
        string? missing = tasks.Except(names, StringComparer.Ordinal).FirstOrDefault();
        Require(missing is null, nameof(Groups), $"leaves out the task '{missing}'; put it into a group, [\"{missing}\"] alone if it belongs to none, or give a trainer without it");
    }

    /// <summary>What one trainer checks of its own tasks, for those of several.</summary>
    private void RequireDisjoint()
    {
        PredictionTask[] tasks = [.. Tasks];
        foreach ((int i, MultiTaskTrainer trainer) in Trainers.Index())
        {
            Require(
                trainer.FeatureColumnName == Trainers[0].FeatureColumnName,
                nameof(Trainers),
                string.Create(CultureInfo.InvariantCulture, $"can't make one model: trainer {i + 1} reads the features '{trainer.FeatureColumnName}', and trainer 1 '{Trainers[0].FeatureColumnName}'; concatenate them into one column"));
        }

        string? twice = tasks.GroupBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twice is null, nameof(Trainers), $"has two trainers of the task '{twice}'; give each task to one, or name it otherwise (labelColumnName lets two tasks read one label)");
        string? column = tasks.SelectMany(task => task.OutputColumnNames).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(column is null, nameof(Trainers), $"has two outputs in the column '{column}'; give each its own column name");
        string? hidden = tasks.SelectMany(task => task.OutputColumnNames).Intersect(tasks.Select(task => task.LabelColumnName), StringComparer.Ordinal).FirstOrDefault();
        Require(hidden is null, nameof(Trainers), $"has an output column '{hidden}', which would hide a label column that another trainer reads; give it another name");
    }
}
