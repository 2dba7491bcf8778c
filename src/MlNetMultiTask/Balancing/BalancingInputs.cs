namespace MlNetMultiTask.Balancing;

/// <summary>What a balancing method is told in a step, as far as it needs it. Tasks without a label in the batch are absent.</summary>
internal sealed class BalancingInputs
{
    /// <summary>Per task, whether the batch has a target for it.</summary>
    public required IReadOnlyList<bool> Present { get; init; }

    /// <summary>Per task its loss; 0 where it is absent.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Per task the norm of its gradient at the last shared layer; null where the method does not need it.</summary>
    public IReadOnlyList<double>? Norms { get; init; }

    /// <summary>The Gramian [T, T] of the shared gradients; null where the method does not need it.</summary>
    public double[,]? Gramian { get; init; }

    /// <summary>The session's random numbers, evenly spread over [0, 1).</summary>
    public required Func<double> NextRandom { get; init; }
}
