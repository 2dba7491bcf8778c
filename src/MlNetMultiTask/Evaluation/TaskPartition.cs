using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>A division of tasks into groups, each for a network of its own, and what it is expected to be worth.</summary>
public sealed class TaskPartition
{
    internal TaskPartition(IReadOnlyList<IReadOnlyList<string>> groups, IReadOnlyDictionary<string, double> predictedEffects)
    {
        Groups = groups;
        PredictedEffects = predictedEffects;
        TotalEffect = predictedEffects.Values.Sum();
    }

    /// <summary>The names of the tasks of each group: groups in the order of their first tasks, tasks in their own.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups { get; }

    /// <summary>The number of groups.</summary>
    public int NumberOfNetworks => Groups.Count;

    /// <summary>Per task, in the tasks' order, the mean affinity of the other tasks of its group to it; 0 for a task that is alone.</summary>
    public IReadOnlyDictionary<string, double> PredictedEffects { get; }

    /// <summary>The sum of <see cref="PredictedEffects"/>.</summary>
    public double TotalEffect { get; }

    /// <summary>Returns the groups.</summary>
    /// <returns>For example <c>[Species, Sex], [BodyMass]</c>.</returns>
    public override string ToString() => TextTable.OneLine(string.Join(", ", Groups.Select(group => $"[{string.Join(", ", group)}]")));
}
