namespace MlNetMultiTask;

/// <summary>The figures of one task over the folds of a cross-validation.</summary>
public sealed class CrossValidatedTask
{
    private readonly IReadOnlyList<TaskMetrics> _folds;

    internal CrossValidatedTask(IReadOnlyList<TaskMetrics> folds)
    {
        _folds = folds;
        MetricNames = [.. folds.SelectMany(fold => fold.Values.Keys).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The task's name.</summary>
    public string TaskName => _folds[0].TaskName;

    /// <summary>The task's kind, as <see cref="PredictionTask.Kind"/>.</summary>
    public string Kind => _folds[0].Kind;

    /// <summary>The names of the figures, as in <see cref="TaskMetrics.Values"/>.</summary>
    public IReadOnlyList<string> MetricNames { get; }

    /// <summary>The number of rows with a label, over all folds.</summary>
    public long RowCount => _folds.Sum(fold => fold.RowCount);

    /// <summary>The number of rows without a label, over all folds.</summary>
    public long MissingLabelCount => _folds.Sum(fold => fold.MissingLabelCount);

    /// <summary>The number of rows, over all folds, with a class or label that no other fold has; they count as wrong.</summary>
    public long UnseenLabelCount => _folds.Sum(fold => fold.UnseenLabelCount);

    /// <summary>A figure in each fold; NaN where it could not be computed (<see cref="TaskMetrics.NotComputed"/> of the fold says why).</summary>
    /// <param name="metric">The figure's name.</param>
    /// <returns>The values, fold by fold.</returns>
    /// <exception cref="ArgumentException">There is no such figure.</exception>
    public IReadOnlyList<double> GetValues(string metric) => MetricNames.Contains(metric)
        ? [.. _folds.Select(fold => fold.Values.GetValueOrDefault(metric, double.NaN))]
        : throw new ArgumentException($"Task '{TaskName}' has no figure '{metric}'; it has {string.Join(", ", MetricNames)}.", nameof(metric));

    /// <summary>The mean of a figure over the folds in which it could be computed; NaN where it could in none.</summary>
    /// <param name="metric">The figure's name.</param>
    /// <returns>The mean.</returns>
    /// <exception cref="ArgumentException">There is no such figure.</exception>
    public double GetMean(string metric) => GetComputed(metric) is { Length: > 0 } values ? values.Average() : double.NaN;

    /// <summary>
    /// The standard deviation of a figure between the folds, of a sample; NaN where it could be computed in fewer than two. It is not the error of the mean: models of different folds share most of their training rows.
    /// </summary>
    /// <param name="metric">The figure's name.</param>
    /// <returns>The deviation.</returns>
    /// <exception cref="ArgumentException">There is no such figure.</exception>
    public double GetDeviation(string metric)
    {
        double[] values = GetComputed(metric);
        double mean = values.Length > 1 ? values.Average() : double.NaN;
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private double[] GetComputed(string metric) => [.. GetValues(metric).Where(value => !double.IsNaN(value))];
}
