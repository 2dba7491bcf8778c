namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Matrices of affinities, and what partitions are worth by them, in the plainest way.</summary>
internal static class Affinities
{
    public static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"T{i}")];

    /// <summary>Numbers between -1 and 1, of which one in twenty is not known, and a diagonal that plays no part.</summary>
    public static double[,] Draw(int count, int seed, bool symmetric = false)
    {
        var random = new Random(seed);
        return Fill(count, symmetric, (i, j) => i == j ? 100 : random.NextDouble() < 0.05 ? double.NaN : (2 * random.NextDouble()) - 1);
    }

    /// <summary>Blocks whose tasks help one another and disturb those of others, on noise of the same size.</summary>
    public static double[,] DrawBlocks(int[] blocks, int seed, bool symmetric = false)
    {
        var random = new Random(seed);
        return Fill(blocks.Length, symmetric, (i, j) => (blocks[i] == blocks[j] ? 0.6 : -0.3) + random.NextDouble() - 0.5);
    }

    public static double[,] Permute(double[,] affinity, int[] order) => Fill(order.Length, false, (i, j) => affinity[order[i], order[j]]);

    /// <summary>The sum over tasks of the mean affinity of the group's others to them.</summary>
    public static double GetTotal(double[,] affinity, IEnumerable<IReadOnlyList<int>> partition) =>
        partition.Sum(group => group.Sum(task => group.Where(other => other != task).Select(other => Known(affinity[other, task])).DefaultIfEmpty(0).Average()));

    /// <summary>All partitions of some tasks.</summary>
    public static IEnumerable<List<List<int>>> Partition(int count)
    {
        if (count == 0)
        {
            return [[]];
        }

        return Partition(count - 1).SelectMany(smaller => Enumerable.Range(0, smaller.Count + 1).Select(place =>
        {
            List<List<int>> larger = [.. smaller.Select(group => group.ToList())];
            if (place == larger.Count)
            {
                larger.Add([]);
            }

            larger[place].Add(count - 1);
            return larger;
        }));
    }

    /// <summary>All partitions that differ by the move of one task, or by a swap of two.</summary>
    public static IEnumerable<List<int>[]> FindNeighbours(IReadOnlyList<int> groups)
    {
        for (int task = 0; task < groups.Count; task++)
        {
            for (int to = 0; to <= groups.Max(); to++)
            {
                int[] moved = [.. groups];
                moved[task] = to;
                yield return ToLists(moved);
            }

            for (int other = 0; other < task; other++)
            {
                int[] swapped = [.. groups];
                (swapped[task], swapped[other]) = (swapped[other], swapped[task]);
                yield return ToLists(swapped);
            }
        }
    }

    public static List<int>[] ToLists(IReadOnlyList<int> groups) => [.. groups.Index().GroupBy(task => task.Item, task => task.Index).Select(group => group.ToList())];

    private static double Known(double affinity) => double.IsNaN(affinity) ? 0 : affinity;

    private static double[,] Fill(int count, bool symmetric, Func<int, int, double> draw)
    {
        var affinity = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                affinity[i, j] = symmetric && j < i ? affinity[j, i] : draw(i, j);
            }
        }

        return affinity;
    }
}
