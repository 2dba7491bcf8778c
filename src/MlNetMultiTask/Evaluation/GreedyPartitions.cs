namespace MlNetMultiTask.Evaluation;

/// <summary>Good partitions of many tasks, for each number of groups.</summary>
internal static class GreedyPartitions
{
    /// <summary>
    /// Per number of groups, from 1, the group of each task. From single tasks, the two groups that gain most are put together, again and again; and from all tasks together, the task that gains most is set apart. On
    /// both ways, tasks are moved and swapped after each step until nothing is gained; of both, the better one is taken.
    /// </summary>
    public static int[][] Find(GroupEffects affinity)
    {
        var best = new MovingPartition[affinity.Count];
        var next = new MovingPartition(affinity, [.. Enumerable.Range(0, affinity.Count)]);
        for (int count = affinity.Count; count >= 1; count--)
        {
            best[count - 1] = next;
            next = count > 1 ? next.Merge().Improve() : next;
        }

        for (int count = 2; count <= affinity.Count; count++)
        {
            MovingPartition other = best[count - 2].Split().Improve();
            best[count - 1] = other.Total > best[count - 1].Total + affinity.Rounding ? other : best[count - 1];
        }

        return [.. best.Select(partition => partition.ToGroups())];
    }
}
