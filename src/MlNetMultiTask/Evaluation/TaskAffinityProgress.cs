namespace MlNetMultiTask;

/// <summary>A training that <see cref="MultiTaskCatalog.MeasureAffinity"/> has finished.</summary>
public sealed class TaskAffinityProgress
{
    internal TaskAffinityProgress()
    {
    }

    /// <summary>The trainings that are done, this one included.</summary>
    public required int Training { get; init; }

    /// <summary>How many there will be.</summary>
    public required int NumberOfTrainings { get; init; }

    /// <summary>The task of which a single-task twin was trained; null for all tasks together.</summary>
    public required string? TaskName { get; init; }

    /// <summary>How long the training took.</summary>
    public required TimeSpan Duration { get; init; }
}
