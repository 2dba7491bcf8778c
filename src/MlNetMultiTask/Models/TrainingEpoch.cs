using MlNetMultiTask.Tasks;

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

    /// <summary>
    /// Per task the mean weight that balancing gave it over the epoch's steps in which it took part; 0 for a task that has been frozen, NaN where it took part in none: no batch had a label for it, or its loss weight is 0. Of methods on gradients it is the
    /// weight of the shared gradient.
    /// </summary>
    public required IReadOnlyDictionary<string, double> TaskWeights { get; init; }

    /// <summary>How the tasks' gradients compared; null where they were not compared (<see cref="MultiTaskTrainerOptions.GradientSamplingInterval"/>), and in the means of several networks.</summary>
    public TaskGradients? Gradients { get; init; }

    /// <summary>What steps for one task would do to the others; null where nothing was sampled (<see cref="MultiTaskTrainerOptions.AffinitySamplingInterval"/>), and in the means of several networks.</summary>
    public TaskLookAhead? Affinity { get; init; }

    /// <summary>
    /// Of soft parameter sharing, how far apart the tasks' networks are after the epoch: Σ_{i&lt;j} ‖θᵢ − θⱼ‖² over the parameters that are kept close, whatever the pairs
    /// weigh. Null for other networks.
    /// </summary>
    public double? ParameterDistance { get; init; }

    /// <summary>Of mixtures of experts, how their gates used the experts over the training rows, while the epoch went on: a gate of a task counts all rows of each batch in which a row has a label for it. Null for other networks.</summary>
    public ExpertUse? ExpertUse { get; init; }

    /// <summary>
    /// Of networks that learn from one another, how far they agree per task, in the mean over pairs: of classes, yes and no, and sets of labels, the share of decisions
    /// that are the same (yes from a probability of one half on); of numbers, Lin's concordance correlation. After the epoch on the validation data, or, where there are none, on the training rows while it
    /// went on. 1 is complete agreement. Null for other trainings.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Agreement { get; init; }

    /// <summary>
    /// Of networks that learn from one another, what each of them reached. The figures of the epoch itself are then those of the network that the model is, or the means of all where the model is their
    /// ensemble. Empty for other trainings.
    /// </summary>
    public IReadOnlyList<TrainingEpoch> Members { get; init; } = [];

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How long the epoch took, validation included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The same epoch, told as one of several networks that learn from one another.</summary>
    internal TrainingEpoch Among(IReadOnlyDictionary<string, double>? agreement, IReadOnlyList<TrainingEpoch> members) => new()
    {
        Number = Number,
        TrainingLosses = TrainingLosses,
        TrainingMetrics = TrainingMetrics,
        ValidationLosses = ValidationLosses,
        ValidationMetrics = ValidationMetrics,
        TaskWeights = TaskWeights,
        Gradients = Gradients,
        Affinity = Affinity,
        LearningRate = LearningRate,
        ParameterDistance = ParameterDistance,
        ExpertUse = ExpertUse,
        Agreement = agreement,
        Members = members,
        Duration = Duration,
    };

    /// <summary>The epoch of networks that learn together: the means over them.</summary>
    internal static TrainingEpoch OfMembers(IReadOnlyList<TrainingEpoch> members, IReadOnlyDictionary<string, double>? agreement) => new()
    {
        Number = members[0].Number,
        TrainingLosses = TaskFigures.GetMeans(members.Select(member => member.TrainingLosses))!,
        TrainingMetrics = TaskFigures.GetMeans(members.Select(member => member.TrainingMetrics))!,
        ValidationLosses = TaskFigures.GetMeans(members.Select(member => member.ValidationLosses)),
        ValidationMetrics = TaskFigures.GetMeans(members.Select(member => member.ValidationMetrics)),
        TaskWeights = TaskFigures.GetMeans(members.Select(member => member.TaskWeights))!,
        LearningRate = members.Average(member => member.LearningRate),
        Agreement = agreement,
        Members = members,
        Duration = members[0].Duration,
    };
}
