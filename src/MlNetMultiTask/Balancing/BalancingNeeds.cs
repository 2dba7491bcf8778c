namespace MlNetMultiTask;

/// <summary>What a balancing method must be told in each step; training computes no more than that.</summary>
[Flags]
public enum BalancingNeeds
{
    /// <summary>Nothing beyond what is told in any case.</summary>
    None = 0,

    /// <summary>The tasks' losses in the batch. They cost nothing, and are told in any case; naming them tells readers of what the weights depend.</summary>
    Losses = 1,

    /// <summary>The norms of the tasks' gradients with respect to the last shared layer. It costs a backward pass through each head and that layer.</summary>
    Norms = 2,

    /// <summary>
    /// The inner products of the tasks' gradients with respect to what they share. The weights then act on the shared parameters alone; each head keeps its task's own gradient. It costs a
    /// backward pass per task, see <see cref="MultiTaskTrainerOptions.BalancedGradients"/>.
    /// </summary>
    Gramian = 4,

    /// <summary>The tasks' losses in the same batch once more, after the update, with the same masks of <see cref="MultiTaskTrainerOptions.Dropout"/>. It costs a forward pass.</summary>
    LossesAfterUpdate = 8,
}
