namespace MlNetMultiTask;

/// <content>The trainer of groups of tasks.</content>
public sealed partial class MultiTaskTrainers
{
    /// <summary>A network for each group of a trainer's tasks, all in one model.</summary>
    /// <param name="trainer">The trainer whose tasks are divided.</param>
    /// <param name="groups">The names of the tasks of each group, for example <c>["Species", "Sex"], ["BodyMass"]</c>: each task of the trainer once.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public TaskGroupsTrainer TaskGroups(MultiTaskTrainer trainer, params IReadOnlyList<IReadOnlyList<string>> groups)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(groups);
        return TaskGroups(new TaskGroupsOptions { Trainers = [trainer], Groups = groups });
    }

    /// <summary>A trainer for each group of tasks, all in one model.</summary>
    /// <param name="trainers">The trainers: two or more, which have no task in common. Their tasks are those of the model, in this order.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public TaskGroupsTrainer TaskGroups(params IReadOnlyList<MultiTaskTrainer> trainers)
    {
        ArgumentNullException.ThrowIfNull(trainers);
        return trainers.Count > 1
            ? TaskGroups(new TaskGroupsOptions { Trainers = [.. trainers] })
            : throw new ArgumentException("Groups of different trainers need two or more; the tasks of one trainer are divided by TaskGroups(trainer, groups).", nameof(trainers));
    }

    /// <summary>A network for each group of tasks, all in one model, with options.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public TaskGroupsTrainer TaskGroups(TaskGroupsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TaskGroupsTrainer(_mlContext, options);
    }
}
