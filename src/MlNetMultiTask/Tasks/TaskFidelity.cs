namespace MlNetMultiTask;

/// <summary>How far a student agrees with its teacher on one task.</summary>
public sealed class TaskFidelity
{
    internal TaskFidelity(PredictionTask task, long rowCount)
    {
        TaskName = task.Name;
        Kind = task.Kind;
        RowCount = rowCount;
    }

    /// <summary>The task's name.</summary>
    public string TaskName { get; }

    /// <summary>The task's kind, as <see cref="PredictionTask.Kind"/>.</summary>
    public string Kind { get; }

    /// <summary>The rows that were compared; they need no labels.</summary>
    public long RowCount { get; }

    /// <summary>
    /// Of classes, of yes and no, and of the labels of a set (one by one): the share of decisions that are the same, yes from a probability of one half on. Of numbers: the
    /// concordance correlation coefficient (Lin 1989), which is 1 only where the numbers are equal; the mean over slots of a vector. 1 is complete agreement.
    /// </summary>
    public double Agreement { get; internal init; }

    /// <summary>The mean absolute difference of the probabilities, or of the numbers in the label's unit.</summary>
    public double MeanAbsoluteDifference { get; internal init; }

    /// <summary>Returns the figures on one line.</summary>
    /// <returns>For example <c>Species (MulticlassClassification, 103 rows): agreement 0.990, mean absolute difference 0.012</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{TaskName} ({Kind}, {RowCount} rows): agreement {Agreement:0.000}, mean absolute difference {MeanAbsoluteDifference:0.000}");
}
