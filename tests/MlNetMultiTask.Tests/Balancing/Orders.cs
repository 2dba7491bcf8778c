namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The orders in which the others' gradients come.</summary>
internal static class Orders
{
    /// <summary>The other tasks, shuffled from the end (Fisher, Yates): one random number for each place but the first.</summary>
    public static IReadOnlyList<int> OfOthers(int task, int count, Func<double> nextRandom)
    {
        List<int> order = [.. Enumerable.Range(0, count)];
        order.Remove(task);
        for (int last = order.Count - 1; last > 0; last--)
        {
            int picked = (int)Math.Floor(nextRandom() * (last + 1));
            int value = order[picked];
            order[picked] = order[last];
            order[last] = value;
        }

        return order;
    }
}
