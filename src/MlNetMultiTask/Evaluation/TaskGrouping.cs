using Microsoft.ML;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>The tasks that should be trained together, judged by what they do for one another: the best partition into as many groups as were asked for, and those into more or fewer for comparison.</summary>
/// <remarks>
/// The effect of a group on a task is the mean of the affinities of the group's other tasks to it (Fifty et al. 2021, "Efficiently Identifying Task Groupings for Multi-Task Learning"): what three tasks do together is
/// not measured, but made up from pairs. A task alone has the effect 0. The best partition has the greatest sum over tasks; up to 8 tasks, it is the best of all, beyond, the best that
/// a search by single steps finds. It is a prediction: <see cref="MultiTaskTrainers.TaskGroups(MultiTaskTrainer, IReadOnlyList{IReadOnlyList{string}})"/> trains it, and a comparison tells what it is worth.
/// </remarks>
public sealed class TaskGrouping
{
    internal TaskGrouping(IReadOnlyList<string> taskNames, IReadOnlyList<TaskPartition> partitions, int numberOfNetworks, bool isExact)
    {
        TaskNames = taskNames;
        Partitions = partitions;
        Best = partitions[numberOfNetworks - 1];
        IsExact = isExact;
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>The best partition into as many groups as were asked for.</summary>
    public TaskPartition Best { get; }

    /// <summary>Its groups, as <c>TaskGroups</c> takes them.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups => Best.Groups;

    /// <summary>Its number of groups.</summary>
    public int NumberOfNetworks => Best.NumberOfNetworks;

    /// <summary>The sum of its effects over all tasks.</summary>
    public double TotalEffect => Best.TotalEffect;

    /// <summary>Per task, in the tasks' order, its effect.</summary>
    public IReadOnlyDictionary<string, double> PredictedEffects => Best.PredictedEffects;

    /// <summary>All tasks in one network.</summary>
    public TaskPartition AllInOne => Partitions[0];

    /// <summary>The best partitions into one group, two groups and so on, up to a group for each task.</summary>
    public IReadOnlyList<TaskPartition> Partitions { get; }

    /// <summary>Whether all partitions were compared.</summary>
    public bool IsExact { get; }

    /// <summary>The affinities by which groups were chosen.</summary>
    public TaskAffinity? Affinity { get; internal init; }

    /// <summary>Which of them.</summary>
    public TaskAffinityMeasure Measure { get; internal init; }

    /// <summary>The measured effect: the networks of the groups against a network for each task; null where it was not asked for. The groups were chosen by a training on all rows, so that it is a little too good for them.</summary>
    public SingleTaskComparison? Measured { get; private set; }

    /// <summary>One network for all tasks against a network for each task, on the same folds; null where it was not asked for.</summary>
    public SingleTaskComparison? AllInOneMeasured { get; private set; }

    /// <summary>
    /// Per task, in the tasks' order, the main metric of the groups' networks (<see cref="PairedComparison.MultiTaskValues"/>) against that of one network for all tasks (<see cref="PairedComparison.OtherValues"/>), fold by fold; empty where
    /// it was not asked for. The groups were chosen on all rows, test rows among them, so that this is a little too good for them.
    /// </summary>
    public IReadOnlyDictionary<string, PairedComparison> AgainstAllInOne { get; private set; } = new Dictionary<string, PairedComparison>();

    /// <summary>Returns the groups as data: a row for each task, with the columns <c>Task</c>, <c>Network</c> (from 1), <c>PredictedEffect</c>, <c>AllInOneEffect</c>, <c>MeasuredImprovement</c> and
    /// <c>AllInOneImprovement</c> (of the main metric over a network for the task alone), and <c>ImprovementOnAllInOne</c> (of the groups over one network for all); NaN where they were not measured.</summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext.Data.LoadFromEnumerable(TaskNames.Select(task => new TaskGroupingRow(this, task)).ToArray());
    }

    /// <summary>Returns the tables as Markdown; names of users are escaped.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public string ToMarkdown() => TextTable.Write(TaskGroupingText.GetTables(this), isMarkdown: true).ToString().TrimEnd();

    /// <summary>Returns tables for the console: the network and effect of each task, the best partitions into more or fewer groups, and what was measured.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public override string ToString() => TextTable.Write(TaskGroupingText.GetTables(this), isMarkdown: false).ToString().TrimEnd();

    /// <summary>Adds what was measured.</summary>
    internal void SetMeasured(SingleTaskComparison groups, SingleTaskComparison allInOne)
    {
        (Measured, AllInOneMeasured) = (groups, allInOne);
        PairedComparison[] comparisons = [.. groups.Tasks.Zip(allInOne.Tasks, (own, all) => own.Main.Against(all.Main))];
        TransferDecision.Adjust(comparisons);
        AgainstAllInOne = new OrderedDictionary<string, PairedComparison>(TaskNames.Zip(comparisons, KeyValuePair.Create));
    }

    /// <summary>The number of a task's network, from 1.</summary>
    internal int GetNetwork(string task) => Groups.Index().First(group => group.Item.Contains(task)).Index + 1;
}
