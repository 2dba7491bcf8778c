namespace MlNetMultiTask.Trainers;

/// <summary>In what a trainer differs from the one that it was made of: as a member of an ensemble, say, or as a single-task twin.</summary>
internal sealed record TrainerVariation
{
    /// <summary>Other tasks; null for the same.</summary>
    public IReadOnlyList<PredictionTask>? Tasks { get; init; }

    /// <summary>Another seed; null for one drawn as usual.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether it learns from rows drawn with replacement.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>The share of the features that it sees.</summary>
    public double FeatureFraction { get; init; } = 1;

    /// <summary>How its progress is told to the trainer's own listener, which may be null; null for as it is.</summary>
    public Func<IProgress<TrainingProgress>?, IProgress<TrainingProgress>?>? Progress { get; init; }

    /// <summary>Where checkpoints are kept, of the trainer's own setting; null for there.</summary>
    public Func<Checkpointing?, Checkpointing?>? Checkpointing { get; init; }

    /// <summary>What ends training instead of the trainer's own token; null for that one.</summary>
    public CancellationToken? CancellationToken { get; init; }

    /// <summary>The options with what varies in how they run.</summary>
    public MultiTaskTrainerOptions Apply(MultiTaskTrainerOptions options) =>
        options.ForRun(
            Progress is null ? options.Progress : Progress(options.Progress),
            Checkpointing is null ? options.Checkpointing : Checkpointing(options.Checkpointing),
            CancellationToken ?? options.CancellationToken);
}
