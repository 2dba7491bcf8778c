namespace MlNetMultiTask.Tasks;

/// <summary>Figures of tasks, by the tasks' names.</summary>
internal static class TaskFigures
{
    public static IReadOnlyDictionary<string, double> ByName(this IReadOnlyList<PredictionTask> tasks, IEnumerable<double> values) =>
        tasks.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>Whether less of a figure, as <see cref="TaskMetrics.Values"/> names it, is better.</summary>
    public static bool IsLowerBetter(string metric) => metric.EndsWith("Loss", StringComparison.Ordinal) || metric.EndsWith("Error", StringComparison.Ordinal);

    /// <summary>Task by task the mean of several figures; null where there are none.</summary>
    public static IReadOnlyDictionary<string, double>? GetMeans(IEnumerable<IReadOnlyDictionary<string, double>?> figures)
    {
        IReadOnlyDictionary<string, double>[] all = [.. figures.OfType<IReadOnlyDictionary<string, double>>()];
        return all.Length == 0 ? null : all[0].Keys.ToDictionary(task => task, task => all.Average(one => one[task]), StringComparer.Ordinal);
    }
}
