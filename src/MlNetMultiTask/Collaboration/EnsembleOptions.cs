using System.Globalization;
using MlNetMultiTask.Collaboration;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="EnsembleTrainer"/>.</summary>
public sealed class EnsembleOptions
{
    /// <summary>
    /// What is trained: one trainer, of which <see cref="NumberOfMembers"/> copies are made, each with another seed; or two trainers or more, each with its own options and
    /// seed. All have the same tasks and output columns, and the same feature column.
    /// </summary>
    /// <value>There is no default; at least one trainer is needed.</value>
    public IReadOnlyList<MultiTaskTrainer> Members { get; init; } = [];

    /// <summary>With one trainer, how many copies of it are trained; from 1 to 1000. With several, null or their number.</summary>
    /// <value>The default is null: 5 copies of one trainer, or the trainers that are given.</value>
    public int? NumberOfMembers { get; init; }

    /// <summary>How the members' predictions become one.</summary>
    /// <value>The default is <see cref="EnsembleCombiner.Mean"/>.</value>
    public EnsembleCombiner Combiner { get; init; } = EnsembleCombiner.Mean;

    /// <summary>Other combiners for some tasks, by the tasks' names.</summary>
    /// <value>The default is empty: <see cref="Combiner"/> is for all tasks.</value>
    public IReadOnlyDictionary<string, EnsembleCombiner> TaskCombiners { get; init; } = new Dictionary<string, EnsembleCombiner>();

    /// <summary>
    /// Whether each member learns from as many rows as there are, drawn with replacement (bagging, Breiman 1996). Validation rows are put aside before. Class
    /// weights follow the drawn rows; the scale of regression labels is that of all.
    /// </summary>
    /// <value>The default is false: each member learns from all rows.</value>
    public bool Bootstrap { get; init; }

    /// <summary>The share of the features that each member sees, drawn anew for each (random subspaces, Ho 1998); from above 0 to 1. At least one feature is seen.</summary>
    /// <value>The default is 1: each member sees all features.</value>
    public double FeatureFraction { get; init; } = 1;

    /// <summary>
    /// How many members are trained at the same time; 1 or more. The ensemble is the same, bit by bit. Each member reads the data by itself and holds its own copy
    /// in memory; set the members' <see cref="MultiTaskTrainerOptions.NumberOfThreads"/> so that all of them together have no more threads than there are cores.
    /// </summary>
    /// <value>The default is 1: one member after the other.</value>
    public int MaximumNumberOfParallelMembers { get; init; } = 1;

    /// <summary>The seed from which the copies of one trainer, their rows and their features are drawn.</summary>
    /// <value>The default is null: the seed of the (first) trainer that is given.</value>
    public int? Seed { get; init; }

    /// <summary>
    /// Where the states of members are kept, each in a folder of its own below this one, so that a training that was cut off goes on: with what the member at work had
    /// reached, and with finished members as they are. The folders are deleted when the ensemble is finished. Null: below the folder of the member's own options, if it has one.
    /// </summary>
    /// <value>The default is null.</value>
    public Checkpointing? Checkpointing { get; init; }

    /// <summary>Is told of the progress of all members, beside the listener of the members' own options; one report at a time.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training, as do the tokens of the members' own options. What happens then is said by the members' option <see cref="MultiTaskTrainerOptions.OnCancellation"/>.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The number of members that are trained.</summary>
    internal int Count => Members.Count > 1 ? Members.Count : NumberOfMembers ?? 5;

    /// <summary>The combiner of a task.</summary>
    internal EnsembleCombiner GetCombiner(PredictionTask task) => TaskCombiners.GetValueOrDefault(task.Name, Combiner);

    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        CommonOptions.RequireMembers(Members, NumberOfMembers, 1, Models.CompositeManifest.MaximumNumberOfMembers);
        CommonOptions.RequireDistinct(Members);
        for (int i = 1; i < Members.Count; i++)
        {
            string? difference = Tasks.TaskDescription.FindDifference(Members[0].Tasks, Members[i].Tasks);
            Require(difference is null, nameof(Members), string.Create(CultureInfo.InvariantCulture, $"can't work together: trainers {i + 1} and 1 have {difference?.TrimEnd('.')}"));
            Require(Members[i].FeatureColumnName == Members[0].FeatureColumnName, nameof(Members), string.Create(CultureInfo.InvariantCulture, $"can't work together: trainer {i + 1} reads the features '{Members[i].FeatureColumnName}', and trainer 1 '{Members[0].FeatureColumnName}'; concatenate them into one column"));
        }

        Require(Combiner is not null, nameof(Combiner), "is null; EnsembleCombiner.Mean is the default");
        Require(TaskCombiners is not null && !TaskCombiners.Values.Contains(null!), nameof(TaskCombiners), "is null or contains null; an empty dictionary is the default");
        Require(FeatureFraction is > 0 and <= 1, nameof(FeatureFraction), string.Create(CultureInfo.InvariantCulture, $"is {FeatureFraction}; it must be from above 0 to 1"));
        Require(MaximumNumberOfParallelMembers > 0, nameof(MaximumNumberOfParallelMembers), string.Create(CultureInfo.InvariantCulture, $"is {MaximumNumberOfParallelMembers}; it must be 1 or more"));
        if (Checkpointing is { } checkpointing)
        {
            RequireCheckpointing(checkpointing);
        }

        IReadOnlyList<PredictionTask> tasks = Members[0].Tasks;
        string? unknown = TaskCombiners!.Keys.Except(tasks.Select(task => task.Name), StringComparer.Ordinal).FirstOrDefault();
        Require(unknown is null, nameof(TaskCombiners), $"names the task '{unknown}', which is none of the trainers': '{string.Join("', '", tasks.Select(task => task.Name))}'");
        PredictionTask? refused = tasks.FirstOrDefault(task => !GetCombiner(task).Suits(task));
        Require(refused is null, TaskCombiners.ContainsKey(refused?.Name ?? "") ? nameof(TaskCombiners) : nameof(Combiner), $"is Vote for the task '{refused?.Name}', and a number is no class to vote for; use Mean or Median for this task (option TaskCombiners)");
    }
}
