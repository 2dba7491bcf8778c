namespace MlNetMultiTask;

/// <summary>What differs for one task in a distillation.</summary>
public sealed class DistillationTaskSettings
{
    /// <summary>The task's temperature, above 0; it plays no part in a regression.</summary>
    /// <value>The default is null: that of <see cref="DistillationOptions.Temperature"/>.</value>
    public float? Temperature { get; init; }

    /// <summary>What the task's labels weigh, from 0 to 1; with 1, the task is learned from labels alone.</summary>
    /// <value>The default is null: that of <see cref="DistillationOptions.HardLabelWeight"/>.</value>
    public float? HardLabelWeight { get; init; }
}
