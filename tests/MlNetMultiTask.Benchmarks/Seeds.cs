namespace MlNetMultiTask.Benchmarks;

/// <summary>Figures of several seeds, a row a seed.</summary>
internal static class Seeds
{
    public static double[] GetMeans(List<double[]> rows) => [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Average(row => row[column]))];

    /// <summary>The deviations between seeds, of a sample.</summary>
    public static double[] GetDeviations(List<double[]> rows) =>
        [.. GetMeans(rows).Select((mean, column) => Math.Sqrt(rows.Sum(row => (row[column] - mean) * (row[column] - mean)) / (rows.Count - 1)))];
}
