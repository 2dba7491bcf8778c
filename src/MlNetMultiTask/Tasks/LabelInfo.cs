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

    /// <summary>Per yes/no output its decision threshold: the tuned one, or the task's own.</summary>
    public float[] GetThresholds(DecisionThreshold task) => Thresholds ?? [.. Enumerable.Repeat(task.Value ?? 0.5f, OutputCount)];

    /// <summary>Makes sure that what a model file says of a label suits its task.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    public void RequireFit(PredictionTask task)
    {
        bool valid = (Names is null || Names.Count == OutputCount)
            && (task.DecisionThreshold is not { Value: null } || Thresholds is not null)
            && (Thresholds is null || Thresholds.Length == OutputCount)
            && task.IsConsistent(this);
        if (!valid)
        {
            throw new FormatException($"What the model says of the label of task '{task.Name}' does not fit a {task.Kind} task.");
        }
    }
}
