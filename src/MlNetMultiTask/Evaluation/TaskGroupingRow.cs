namespace MlNetMultiTask.Evaluation;

/// <summary>A task of a grouping as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class TaskGroupingRow(TaskGrouping grouping, string task)
{
    public string Task => task;

    public int Network => grouping.GetNetwork(task);

    public double PredictedEffect => grouping.PredictedEffects[task];

    public double AllInOneEffect => grouping.AllInOne.PredictedEffects[task];

    public double MeasuredImprovement => grouping.Measured?[task].Main.Improvement ?? double.NaN;

    public double AllInOneImprovement => grouping.AllInOneMeasured?[task].Main.Improvement ?? double.NaN;

    public double ImprovementOnAllInOne => grouping.AgainstAllInOne.GetValueOrDefault(task)?.Improvement ?? double.NaN;
}
