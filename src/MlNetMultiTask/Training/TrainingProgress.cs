namespace MlNetMultiTask;

/// <summary>Where training stands after an epoch.</summary>
public sealed class TrainingProgress
{
    internal TrainingProgress()
    {
    }

    /// <summary>The epoch that has ended, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The epochs that training has at most.</summary>
    public required int MaximumNumberOfEpochs { get; init; }

    /// <summary>Per task its mean training loss in the epoch, before loss weights.</summary>
    public required IReadOnlyDictionary<string, double> TrainingLosses { get; init; }

    /// <summary>Per task its mean loss on the validation data after the epoch, before loss weights; null without validation data. NaN where no validation row has a label.</summary>
    public required IReadOnlyDictionary<string, double>? ValidationLosses { get; init; }

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training rows per second in the epoch, validation not counted.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The time since training began.</summary>
    public required TimeSpan Elapsed { get; init; }
}
