namespace MlNetMultiTask.Networks;

/// <summary>Tasks that are kept close to one another, each to some of the others at least, and to none outside.</summary>
/// <param name="Places">Their places among the tasks that were asked about; two or more.</param>
/// <param name="EvenWeight">What each pair weighs, where all weigh the same; null elsewhere.</param>
/// <param name="Pairs">The pairs of places that have a weight, each once; used where weights differ.</param>
internal sealed record SharingGroup(int[] Places, double? EvenWeight, IReadOnlyList<(int First, int Second, double Weight)> Pairs)
{
    /// <summary>The groups of some tasks; a task that is kept close to no other is in none.</summary>
    /// <param name="tasks">The tasks' places in the weights.</param>
    /// <param name="weights">What each pair weighs [T, T]; null for 1.</param>
    public static IEnumerable<SharingGroup> Find(IReadOnlyList<int> tasks, double[,]? weights)
    {
        if (weights is null)
        {
            return tasks.Count > 1 ? [new SharingGroup([.. Enumerable.Range(0, tasks.Count)], 1, [])] : [];
        }

        bool[] seen = new bool[tasks.Count];
        return [.. Enumerable.Range(0, tasks.Count).Where(first => !seen[first]).Select(first => Connect(first, tasks, weights, seen)).Where(places => places.Length > 1).Select(places => Create(places, tasks, weights))];
    }

    /// <summary>The places that pairs with a weight lead to, from this one on.</summary>
    private static int[] Connect(int first, IReadOnlyList<int> tasks, double[,] weights, bool[] seen)
    {
        List<int> places = [first];
        seen[first] = true;
        for (int next = 0; next < places.Count; next++)
        {
            for (int other = 0; other < tasks.Count; other++)
            {
                if (!seen[other] && weights[tasks[places[next]], tasks[other]] > 0)
                {
                    seen[other] = true;
                    places.Add(other);
                }
            }
        }

        return [.. places.Order()];
    }

    private static SharingGroup Create(int[] places, IReadOnlyList<int> tasks, double[,] weights)
    {
        (int First, int Second, double Weight)[] pairs =
            [.. places.SelectMany((first, i) => places.Skip(i + 1).Select(second => (first, second, weights[tasks[first], tasks[second]])))];
        return Array.TrueForAll(pairs, pair => pair.Weight == pairs[0].Weight)
            ? new SharingGroup(places, pairs[0].Weight, [])
            : new SharingGroup(places, null, [.. pairs.Where(pair => pair.Weight > 0)]);
    }
}
