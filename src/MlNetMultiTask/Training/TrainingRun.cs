using Microsoft.ML;

namespace MlNetMultiTask.Training;

/// <summary>How a training is watched, kept and ended: what a training that runs as part of another takes over from it.</summary>
/// <param name="Progress">Who is told of the progress.</param>
/// <param name="Checkpointing">Where checkpoints are kept; null for nowhere.</param>
/// <param name="OnCancellation">What it does when it is cancelled; a part of another does what its own options say, unless something is measured.</param>
/// <param name="InitialModel">The model of the options to go on from; a part of another is given its own.</param>
/// <param name="CancellationToken">What ends it.</param>
internal sealed record TrainingRun(
    IProgress<TrainingProgress>? Progress, Checkpointing? Checkpointing, OnCancellation OnCancellation, ITransformer? InitialModel, CancellationToken CancellationToken)
{
    /// <summary>Whether its parts run in order to measure something, too, and are told; null where they run as their own options say.</summary>
    private bool? IsPartTold { get; init; }

    /// <summary>
    /// The same in order to measure something: no checkpoint is kept or taken up, it is told only where that is wanted, and where it is cancelled it gives nothing, and not the best so far. So are its parts, whatever their own
    /// options say.
    /// </summary>
    /// <param name="isTold">Whether those who listen are told.</param>
    public TrainingRun ForMeasurement(bool isTold) => this with { Progress = isTold ? Progress : null, Checkpointing = null, OnCancellation = OnCancellation.Throw, IsPartTold = isTold };

    /// <summary>The run of a part, of which its own options say this.</summary>
    public TrainingRun GetPart(TrainingRun own) => IsPartTold is { } isTold ? own.ForMeasurement(isTold) : own;
}
