namespace MlNetMultiTask.Training;

/// <summary>What the loop remembers from epoch to epoch; with the session's state, all that training goes on from.</summary>
internal sealed class LoopState(double minimumDelta, int taskCount)
{
    /// <summary>The epochs so far.</summary>
    public List<TrainingEpoch> Epochs { get; } = [];

    /// <summary>The time that training took before this process.</summary>
    public TimeSpan Before { get; set; }

    /// <summary>The monitored figure.</summary>
    public ImprovementTracker Progress { get; } = new(minimumDelta);

    /// <summary>The parameters of the best epoch; null where they are not kept.</summary>
    public float[]? BestParameters { get; set; }

    /// <summary>The monitored figure, for the learning rate.</summary>
    public ImprovementTracker Plateau { get; } = new(minimumDelta);

    /// <summary>What the schedule's rate is multiplied by.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>Per task its validation loss.</summary>
    public IReadOnlyList<ImprovementTracker> TaskProgress { get; } = [.. Enumerable.Range(0, taskCount).Select(_ => new ImprovementTracker(minimumDelta))];

    /// <summary>Per task all parameters after its best epoch; null where they are not kept.</summary>
    public float[]?[] BestTaskParameters { get; } = new float[taskCount][];
}
