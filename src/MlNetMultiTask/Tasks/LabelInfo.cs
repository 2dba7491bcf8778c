namespace MlNetMultiTask.Tasks;

/// <summary>What training learned of a task's label and a fitted model keeps: it decides the output columns and units.</summary>
internal sealed record LabelInfo
{
    /// <summary>The number of raw outputs, and of scores, per row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>Whether the label, and so the score, is a vector (regression).</summary>
    public bool IsVector { get; init; }

    /// <summary>The names of classes or labels: key values, or slot names; null where the label column had none.</summary>
    public LabelNames? Names { get; init; }

    /// <summary>The raw type of a key label; null for other labels.</summary>
    public Type? KeyType { get; init; }

    /// <summary>The key value that counts as yes; only binary tasks on a key label have one.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>Per output, the decision threshold that was tuned; null where the task's own is fixed.</summary>
    public float[]? Thresholds { get; init; }

    /// <summary>Per output, the mean of a regression label.</summary>
    public float[]? Means { get; init; }

    /// <summary>Per output, the deviation of a regression label; 0 where the label is constant, which is then the score.</summary>
    public float[]? Deviations { get; init; }
}
