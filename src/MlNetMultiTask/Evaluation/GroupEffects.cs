namespace MlNetMultiTask.Evaluation;

/// <summary>What each task does for each other, and what groups of tasks are worth by it.</summary>
/// <remarks>
/// A task j in a group G has the mean of Z(i→j) over the other tasks i of the group, and 0 where it is alone (Fifty et al. 2021, "Efficiently Identifying Task Groupings for Multi-Task Learning"). Summed over the
/// group, this is Σ Z(i→j) / (|G| − 1) over all ordered pairs: to compare partitions, sums of both directions are enough.
/// </remarks>
internal sealed class GroupEffects
{
    private readonly double[,] _affinity;
    private readonly double[,] _pairs;

    /// <param name="affinity">Z [T, T]: a row for the task that helps, a column for the one that is helped. What is not known, NaN, counts as 0; the diagonal does not count.</param>
    public GroupEffects(double[,] affinity)
    {
        Count = affinity.GetLength(0);
        _affinity = new double[Count, Count];
        _pairs = new double[Count, Count];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Count; j++)
            {
                _affinity[i, j] = i == j || double.IsNaN(affinity[i, j]) ? 0 : affinity[i, j];
            }
        }

        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Count; j++)
            {
                _pairs[i, j] = _affinity[i, j] + _affinity[j, i];
                Rounding += 1e-13 * Math.Abs(_pairs[i, j]);
            }
        }
    }

    /// <summary>The number of tasks, T.</summary>
    public int Count { get; }

    /// <summary>Totals that differ by less are equal: sums in another order are rounded otherwise.</summary>
    public double Rounding { get; }

    /// <summary>What two tasks do for one another, both directions added; 0 for a task and itself.</summary>
    public double GetPair(int task, int other) => _pairs[task, other];

    /// <summary>The effect of a group on all its tasks.</summary>
    /// <param name="sum">The sum over its pairs.</param>
    /// <param name="size">The number of its tasks.</param>
    public static double GetEffect(double sum, int size) => size < 2 ? 0 : sum / (size - 1);

    /// <summary>The effect of a group on one of its tasks.</summary>
    public double GetEffect(IReadOnlyList<int> group, int task) => group.Count < 2 ? 0 : group.Sum(other => _affinity[other, task]) / (group.Count - 1);

    /// <summary>The sum over all tasks.</summary>
    public double GetTotal(IEnumerable<IReadOnlyList<int>> partition) => partition.Sum(group => group.Sum(task => GetEffect(group, task)));
}
