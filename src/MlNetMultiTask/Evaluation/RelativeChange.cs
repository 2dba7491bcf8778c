namespace MlNetMultiTask.Evaluation;

/// <summary>How much better a model is than another over several tasks and metrics, in one number, in the two ways that the field has of it.</summary>
internal static class RelativeChange
{
    /// <summary>
    /// The mean over tasks of the mean over a task's metrics; positive is better (Maninis, Radosavovic, Kokkinos 2019; Vandenhende et al. 2021).
    /// </summary>
    public static double OverTasks(IEnumerable<(string Task, double Value, double Base, bool IsLowerBetter)> figures) => Mean(figures
        .GroupBy(figure => figure.Task, StringComparer.Ordinal)
        .Select(task => Mean(task.Select(figure => Of(figure.Value, figure.Base, figure.IsLowerBetter)))));

    /// <summary>The mean over all metrics of what is lost; negative is better (Liu et al. 2021, CAGrad; Navon et al. 2022, Nash-MTL).</summary>
    public static double OverMetrics(IEnumerable<(string Task, double Value, double Base, bool IsLowerBetter)> figures) =>
        -Mean(figures.Select(figure => Of(figure.Value, figure.Base, figure.IsLowerBetter)));

    /// <summary>By which part of the other's figure a figure is better. Below 0, as R² may be, the size of the other's counts, so that more stays better.</summary>
    private static double Of(double value, double other, bool isLowerBetter) => (isLowerBetter ? other - value : value - other) / Math.Abs(other);

    private static double Mean(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length == 0 ? double.NaN : finite.Average();
    }
}
