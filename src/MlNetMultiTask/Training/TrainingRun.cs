using Microsoft.ML;

namespace MlNetMultiTask.Training;

/// <summary>How a training is watched, kept and ended: what a training that runs as part of another takes over from it.</summary>
/// <param name="Progress">Who is told of the progress.</param>
/// <param name="Checkpointing">Where checkpoints are kept; null for nowhere.</param>
/// <param name="OnCancellation">What it does when it is cancelled; a part of another does what its own options say.</param>
/// <param name="InitialModel">The model of the options to go on from; a part of another is given its own.</param>
/// <param name="CancellationToken">What ends it.</param>
internal sealed record TrainingRun(
    IProgress<TrainingProgress>? Progress, Checkpointing? Checkpointing, OnCancellation OnCancellation, ITransformer? InitialModel, CancellationToken CancellationToken);
