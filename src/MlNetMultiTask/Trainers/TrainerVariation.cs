using MlNetMultiTask.Training;

namespace MlNetMultiTask.Trainers;

/// <summary>In what a trainer differs from the one that it was made of: as a member of an ensemble, say, or as a single-task twin.</summary>
internal sealed record TrainerVariation
{
    /// <summary>A network for one task alone, which learns with the weight 1: there is nothing else to weigh it against.</summary>
    public static TrainerVariation Alone(PredictionTask task) => new() { Tasks = [(task.Describe() with { LossWeight = 1f }).ToTask()] };

    /// <summary>Other tasks; null for the same.</summary>
    public IReadOnlyList<PredictionTask>? Tasks { get; init; }

    /// <summary>Another seed; null for one drawn as usual.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether it learns from rows drawn with replacement, as many as there are.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>The share of the features that it sees; from above 0 to 1.</summary>
    public double FeatureFraction { get; init; } = 1;

    /// <summary>How many times the epochs it takes: more, where fewer rows have its labels and it is to take as many steps.</summary>
    public double EpochFactor { get; init; } = 1;

    /// <summary>What it learns from beside labels; null for nothing.</summary>
    public ITeaching? Teaching { get; init; }

    /// <summary>In which steps it is sampled to tell how tasks get on with one another; null for what its options say.</summary>
    public AffinitySampling? Sampling { get; init; }

    /// <summary>How it runs, instead of as its options say; null for that.</summary>
    public TrainingRun? Run { get; init; }
}
