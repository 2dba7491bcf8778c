using System.Globalization;

namespace MlNetMultiTask;

/// <summary>How well one task was predicted, with the number of rows behind the figures.</summary>
public sealed class TaskMetrics
{
    internal TaskMetrics(PredictionTask task, long rowCount, long missingLabelCount)
    {
        TaskName = task.Name;
        Kind = task.Kind;
        RowCount = rowCount;
        MissingLabelCount = missingLabelCount;
    }

    /// <summary>A number made of all bits of the scores of rows with a label: models of the same one predict the same. Null where no scores were read.</summary>
    internal ulong? ScoreDigest { get; set; }

    /// <summary>The task's name.</summary>
    public string TaskName { get; }

    /// <summary>The task's kind, as <see cref="PredictionTask.Kind"/>.</summary>
    public string Kind { get; }

    /// <summary>The number of rows with a label: the rows behind the metrics.</summary>
    public long RowCount { get; }

    /// <summary>The number of rows without a label, which the metrics leave out.</summary>
    public long MissingLabelCount { get; }

    /// <summary>The number of rows with a class or label that the model has never seen; they count as wrong. 0 for a binary task and a regression.</summary>
    public long UnseenLabelCount { get; internal init; }

    /// <summary>The share of rows predicted right (for a multilabel task: with every label right); NaN for a regression.</summary>
    public double Accuracy { get; internal init; } = double.NaN;

    /// <summary>
    /// F1: over the classes present in labels or predictions, their unweighted mean (multiclass); of the positive
    /// class (binary); the unweighted mean over labels (multilabel); NaN for a regression.
    /// </summary>
    public double F1 { get; internal init; } = double.NaN;

    /// <summary>
    /// The task's main figures by name, in the order in which <see cref="ToString"/> shows them. Those of a regression of a vector are
    /// means over its slots; <see cref="MultiTaskMetrics.RegressionPerSlot"/> has the figures of each.
    /// </summary>
    public IReadOnlyDictionary<string, double> Values { get; internal init; } = new Dictionary<string, double>();

    /// <summary>Why a metric is NaN; null where none is.</summary>
    public string? NotComputed { get; internal init; }

    /// <summary>ML.NET's metrics, or ours where ML.NET has none; null where they could not be computed.</summary>
    internal object? Source { get; init; }

    /// <summary>Returns the task and its figures on one line.</summary>
    /// <returns>For example <c>Species (MulticlassClassification, 103 rows): MicroAccuracy 0.990, ...</c></returns>
    public override string ToString()
    {
        string rows = RowCount.ToString(CultureInfo.InvariantCulture) + " rows"
            + (MissingLabelCount > 0 ? string.Create(CultureInfo.InvariantCulture, $", {MissingLabelCount} without label") : "")
            + (UnseenLabelCount > 0 ? string.Create(CultureInfo.InvariantCulture, $", {UnseenLabelCount} with a label unknown to the model") : "");
        string values = string.Join(", ", Values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.000}")));
        return $"{TaskName} ({Kind}, {rows}): {values}" + (NotComputed is null ? "" : $" [{NotComputed}]");
    }
}
