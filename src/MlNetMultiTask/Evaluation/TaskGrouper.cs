using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>Looks for the groups of tasks that help one another most.</summary>
internal static class TaskGrouper
{
    /// <summary>Finds the best partition, exactly for a few tasks.</summary>
    /// <param name="taskNames">The names of the tasks, T.</param>
    /// <param name="affinity">Z [T, T]: what the task of the row does for the task of the column, more is better. What is not known, NaN, counts as 0; the diagonal does not count.</param>
    /// <param name="numberOfNetworks">The number of groups; from 1 to T.</param>
    /// <param name="source">Where the affinities are from; null for elsewhere.</param>
    /// <param name="measure">Which they are.</param>
    /// <exception cref="ArgumentException">Names, matrix and number do not belong together, or an affinity is infinite.</exception>
    public static TaskGrouping Find(IReadOnlyList<string> taskNames, double[,] affinity, int numberOfNetworks, TaskAffinity? source = null, TaskAffinityMeasure measure = TaskAffinityMeasure.LookAhead)
    {
        ArgumentNullException.ThrowIfNull(taskNames);
        ArgumentNullException.ThrowIfNull(affinity);
        Require(taskNames.Count > 0 && taskNames.Distinct(StringComparer.Ordinal).Count() == taskNames.Count, nameof(taskNames), "There must be a task, and each must have its own name.");
        Require(
            affinity.GetLength(0) == taskNames.Count && affinity.GetLength(1) == taskNames.Count,
            nameof(affinity),
            string.Create(CultureInfo.InvariantCulture, $"The affinities are {affinity.GetLength(0)} x {affinity.GetLength(1)}, and there are {taskNames.Count} tasks."));
        Require(!affinity.Cast<double>().Any(double.IsInfinity), nameof(affinity), "An affinity is infinite; NaN stands for what is not known.");
        RequireNumber(numberOfNetworks, taskNames.Count);
        var known = new GroupEffects(affinity);
        bool isExact = taskNames.Count <= ExactPartitions.MaximumNumberOfTasks;
        int[][] partitions = isExact ? ExactPartitions.Find(known) : GreedyPartitions.Find(known);
        return new TaskGrouping([.. taskNames], [.. partitions.Select(groups => Create(taskNames, known, groups))], numberOfNetworks, isExact) { Affinity = source, Measure = measure };
    }

    /// <summary>Checks how many networks are wanted.</summary>
    public static void RequireNumber(int numberOfNetworks, int taskCount) => Require(
        numberOfNetworks >= 1 && numberOfNetworks <= taskCount,
        nameof(numberOfNetworks),
        string.Create(CultureInfo.InvariantCulture, $"The number of networks is {numberOfNetworks}; with {taskCount} tasks, it must be from 1 to {taskCount}."));

    private static TaskPartition Create(IReadOnlyList<string> taskNames, GroupEffects affinity, int[] groups)
    {
        int[][] places = [.. groups.Index().GroupBy(task => task.Item, task => task.Index).Select(group => group.ToArray())];
        var effects = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach ((int task, int group) in groups.Index())
        {
            effects.Add(taskNames[task], affinity.GetEffect(places[group], task));
        }

        return new TaskPartition([.. places.Select(group => (IReadOnlyList<string>)[.. group.Select(task => taskNames[task])])], effects);
    }

    private static void Require(bool valid, string parameter, string problem)
    {
        if (!valid)
        {
            throw new ArgumentException(problem, parameter);
        }
    }
}
