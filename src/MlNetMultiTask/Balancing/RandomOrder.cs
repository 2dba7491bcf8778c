namespace MlNetMultiTask.Balancing;

/// <summary>Orders drawn by the training's random numbers.</summary>
internal static class RandomOrder
{
    /// <summary>The other tasks of <paramref name="count"/>, in random order (Fisher, Yates).</summary>
    public static int[] OfOthers(int task, int count, Func<double> nextRandom)
    {
        int[] order = [.. Enumerable.Range(0, count).Where(other => other != task)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)(nextRandom() * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
