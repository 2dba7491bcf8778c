namespace MlNetMultiTask.Networks;

/// <summary>Tasks that are kept close to one another, each to some of the others at least, and to none outside.</summary>
/// <param name="Places">Their places among the tasks that were asked about; two or more.</param>
/// <param name="EvenWeight">What each pair weighs, where all weigh the same.</param>
/// <param name="Laplacian">
/// Otherwise L [n, n] with ΣΣ θᵢ Lᵢⱼ θⱼ = Σ_{i&lt;j} wᵢⱼ (θᵢ − θⱼ)²: on the diagonal the sum of a task's weights, elsewhere the negative weights.
/// </param>
internal sealed record SharingGroup(int[] Places, double EvenWeight, float[]? Laplacian)
{
    /// <summary>The groups of some tasks; a task that is kept close to no other is in none.</summary>
    /// <param name="tasks">The tasks' places in the weights.</param>
    /// <param name="weights">What each pair weighs [T, T]; null for 1.</param>
    public static IEnumerable<SharingGroup> Find(IReadOnlyList<int> tasks, double[,]? weights)
    {
        if (weights is null)
        {
            yield return new SharingGroup([.. Enumerable.Range(0, tasks.Count)], 1, null);
            yield break;
        }

        bool[] seen = new bool[tasks.Count];
        for (int first = 0; first < tasks.Count; first++)
        {
            if (!seen[first] && Connect(first, tasks, weights, seen) is { Length: > 1 } places)
            {
                yield return Create(places, [.. places.Select(place => tasks[place])], weights);
            }
        }
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

    private static SharingGroup Create(int[] places, int[] tasks, double[,] weights)
    {
        double even = weights[tasks[0], tasks[1]];
        bool isEven = true;
        float[] laplacian = new float[tasks.Length * tasks.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            double sum = 0;
            for (int j = 0; j < tasks.Length; j++)
            {
                double weight = weights[tasks[i], tasks[j]];
                sum += weight;
                isEven &= i == j || weight == even;
                laplacian[(i * tasks.Length) + j] = -(float)weight;
            }

            laplacian[(i * tasks.Length) + i] = (float)sum;
        }

        return new SharingGroup(places, even, isEven ? null : laplacian);
    }
}
