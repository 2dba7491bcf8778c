namespace MlNetMultiTask.Training;

/// <summary>What an epoch reached on some rows, per task by name.</summary>
/// <param name="Losses">Mean losses before loss weights; NaN where no row has a label.</param>
/// <param name="Metrics">The tasks' main metrics; NaN where they can't be computed.</param>
internal sealed record EpochFigures(IReadOnlyDictionary<string, double> Losses, IReadOnlyDictionary<string, double> Metrics);
