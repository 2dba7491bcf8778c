namespace MlNetMultiTask;

/// <summary>
/// What a balancing method is told in a step of training. Only tasks that have a label in the batch (or a soft target), are not frozen, and have a loss weight above 0 take part: the others are neither in the
/// losses nor in the Gramian.
/// </summary>
public sealed class BalancingStep
{
    /// <summary>The tasks that take part, as indices into the trainer's tasks, ascending; K of them, 1 or more.</summary>
    public required IReadOnlyList<int> Tasks { get; init; }

    /// <summary>
    /// The losses of these tasks [K] in the batch, as they are optimised: each multiplied by its <see cref="PredictionTask.LossWeight"/>, in the mean over the batch's rows, divided by the
    /// share of training rows that have a label for it. In a batch with few labels it is therefore small.
    /// </summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>The Euclidean norms of these tasks' gradients [K] with respect to the parameters of the last shared layer; null unless the method needs <see cref="BalancingNeeds.Norms"/>.</summary>
    public IReadOnlyList<double>? Norms { get; init; }

    /// <summary>
    /// The inner products [K, K] of these tasks' gradients with respect to what they share (<see cref="MultiTaskTrainerOptions.BalancedGradients"/>); null unless the method needs
    /// <see cref="BalancingNeeds.Gramian"/>.
    /// </summary>
    public double[,]? Gramian { get; init; }

    /// <summary>The epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The learning rate that the network's parameters have in this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The next of the training's random numbers, evenly spread over [0, 1). Draw from no other source, so that a seed gives one model.</summary>
    public required Func<double> NextRandom { get; init; }
}
