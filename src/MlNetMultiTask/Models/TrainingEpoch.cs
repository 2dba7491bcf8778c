namespace MlNetMultiTask;

/// <summary>What one epoch of training reached.</summary>
public sealed class TrainingEpoch
{
    internal TrainingEpoch()
    {
    }

    /// <summary>The epoch, counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Per task its mean loss over the training rows while the epoch went on, before loss weights.</summary>
    public required IReadOnlyDictionary<string, double> TrainingLosses { get; init; }

    /// <summary>
    /// Per task its main metric over the training rows while the epoch went on: accuracy (of a multilabel task: of whole sets), or R². NaN where it
    /// can't be computed.
    /// </summary>
    public required IReadOnlyDictionary<string, double> TrainingMetrics { get; init; }

    /// <summary>Per task its mean loss on the validation data after the epoch, before loss weights; NaN where no row there has a label. Null without validation data.</summary>
    public required IReadOnlyDictionary<string, double>? ValidationLosses { get; init; }

    /// <summary>Per task its main metric on the validation data after the epoch; NaN where it can't be computed. Null without validation data.</summary>
    public required IReadOnlyDictionary<string, double>? ValidationMetrics { get; init; }

    /// <summary>Per task the mean weight that balancing gave it over the epoch's steps; 0 for a task that has been frozen.</summary>
    public required IReadOnlyDictionary<string, double> TaskWeights { get; init; }

    /// <summary>
    /// Of soft parameter sharing, how far apart the tasks' networks are after the epoch: Σ_{i&lt;j} ‖θᵢ − θⱼ‖² over the parameters that are kept close, whatever the pairs
    /// weigh. Null for other networks.
    /// </summary>
    public double? ParameterDistance { get; init; }

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How long the epoch took, validation included.</summary>
    public required TimeSpan Duration { get; init; }
}
