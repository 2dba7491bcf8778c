namespace MlNetMultiTask.Training;

/// <summary>What an epoch reached on some rows, per task by name.</summary>
/// <param name="Losses">Mean losses before loss weights; NaN where no row has a label.</param>
/// <param name="Metrics">The tasks' main metrics; NaN where they can't be computed.</param>
internal sealed record EpochFigures(IReadOnlyDictionary<string, double> Losses, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>What tells how good an epoch was: the validation data, where there are any.</summary>
    public static EpochFigures Of(TrainingEpoch epoch) =>
        new(epoch.ValidationLosses ?? epoch.TrainingLosses, epoch.ValidationMetrics ?? epoch.TrainingMetrics);
}
