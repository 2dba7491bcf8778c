namespace MlNetMultiTask.Networks;

/// <summary>Which experts a gate mixes, and for whom.</summary>
/// <param name="Level">The level of experts, from 1.</param>
/// <param name="Task">The task that it mixes for; null where it mixes for all.</param>
/// <param name="Experts">The experts: each the task that it serves, null for all, and its number among those that do.</param>
internal sealed record GateDescription(int Level, int? Task, IReadOnlyList<(int? Task, int Number)> Experts)
{
    /// <summary>Of several networks that are one, which has the gate, from 1; 0 elsewhere.</summary>
    public int Network { get; init; }
}
