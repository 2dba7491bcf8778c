namespace MlNetMultiTask;

/// <summary>Where training stands: after an epoch, or between two of its batches (<see cref="MultiTaskTrainerOptions.ProgressInterval"/>).</summary>
public sealed class TrainingProgress
{
    internal TrainingProgress()
    {
    }

    /// <summary>Which of several networks that are trained one beside the other is at work, counted from 1: the member of an ensemble, or the group of tasks.</summary>
    public int Member { get; private set; } = 1;

    /// <summary>How many networks there are: 1, the members of an ensemble, or the groups of tasks.</summary>
    public int NumberOfMembers { get; private set; } = 1;

    /// <summary>The epoch that has ended or is under way, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The epochs that training has at most.</summary>
    public required int MaximumNumberOfEpochs { get; init; }

    /// <summary>The batches of the epoch that are done; at the epoch's end, all of them.</summary>
    public required int Batch { get; init; }

    /// <summary>The batches of an epoch.</summary>
    public required int NumberOfBatches { get; init; }

    /// <summary>Whether the epoch has ended: all batches are done, and the validation data are measured.</summary>
    public required bool IsEndOfEpoch { get; init; }

    /// <summary>Per task its mean training loss in the epoch so far, before loss weights; NaN where no row so far had a label.</summary>
    public required IReadOnlyDictionary<string, double> TrainingLosses { get; init; }

    /// <summary>Per task its main metric over the training rows of the epoch: accuracy (of a multilabel task: of whole sets), or R². NaN where it can't be computed; null before the epoch's end.</summary>
    public required IReadOnlyDictionary<string, double>? TrainingMetrics { get; init; }

    /// <summary>Per task its mean loss on the validation data after the epoch, before loss weights; null without validation data, and before the epoch's end. NaN where no validation row has a label.</summary>
    public required IReadOnlyDictionary<string, double>? ValidationLosses { get; init; }

    /// <summary>Per task its main metric on the validation data after the epoch; null without validation data, and before the epoch's end.</summary>
    public required IReadOnlyDictionary<string, double>? ValidationMetrics { get; init; }

    /// <summary>Per task the mean weight that balancing gave it in the epoch so far, over the steps in which it took part; 0 for a task that has been frozen, NaN where it took part in none.</summary>
    public required IReadOnlyDictionary<string, double> TaskWeights { get; init; }

    /// <summary>How the tasks' gradients compared in the epoch so far; null where they have not been compared (<see cref="MultiTaskTrainerOptions.GradientSamplingInterval"/>), and where several networks learn together.</summary>
    public required TaskGradients? Gradients { get; init; }

    /// <summary>What steps for one task would do to the others, in the epoch so far; null where nothing has been sampled (<see cref="MultiTaskTrainerOptions.AffinitySamplingInterval"/>), and where several networks learn together.</summary>
    public required TaskLookAhead? Affinity { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training rows per second in the epoch, validation not counted.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The time since training (of this member) began; where a checkpoint was resumed, the time before it counts.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The time that is left (for this member) if all epochs are run, judged by those before.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>The same progress, of a member among others.</summary>
    internal TrainingProgress Of(int member, int numberOfMembers)
    {
        var copy = (TrainingProgress)MemberwiseClone();
        copy.Member = member;
        copy.NumberOfMembers = numberOfMembers;
        return copy;
    }
}
