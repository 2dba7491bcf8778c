using MlNetMultiTask.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Reading a view into the buffers of training, checks included, against a bare cursor over the same columns.</summary>
internal static class ReadingRatios
{
    public static void Print(int pairs)
    {
        foreach (Workload workload in (Workload[])[Workload.Reference(10_000), Workload.Table(100_000)])
        {
            var reader = new DataViewReader("Features", workload.Tasks, null);
            string[] columns = [.. workload.Tasks.Select(task => task.Name), "Features"];
            Ratios.Report($"reading {workload.RowCount} rows of {workload.FeatureCount} features", "cursor over the columns", null, Pairs.Measure(
                pairs,
                () => Columns.Read(workload.View, columns),
                () => reader.Read(workload.View, null, CancellationToken.None)));
        }
    }
}
