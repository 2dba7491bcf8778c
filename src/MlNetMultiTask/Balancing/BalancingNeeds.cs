namespace MlNetMultiTask.Balancing;

/// <summary>What a balancing method must be told in each step; the engine computes no more than that.</summary>
[Flags]
internal enum BalancingNeeds
{
    /// <summary>Nothing: the weights do not depend on the step.</summary>
    None = 0,

    /// <summary>The tasks' losses in the batch.</summary>
    Losses = 1,

    /// <summary>The norms of the tasks' gradients at the last shared layer.</summary>
    Norms = 2,

    /// <summary>The inner products of the tasks' gradients with respect to the shared parameters; the weights then act on these alone.</summary>
    Gramian = 4,

    /// <summary>The tasks' losses in the same batch once more, after the update.</summary>
    LossesAfterUpdate = 8,
}
