using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>What a network computes of a batch.</summary>
/// <param name="Tap">The last shared representation [B, H]; null where the network has none.</param>
/// <param name="Raw">Per task its raw outputs [B, K]; null for tasks that were not asked for.</param>
internal sealed record NetworkOutputs(torch.Tensor? Tap, IReadOnlyList<torch.Tensor?> Raw)
{
    /// <summary>The raw outputs of each of several networks of which <see cref="Raw"/> is the mean, where their own losses count too; empty elsewhere.</summary>
    public IReadOnlyList<IReadOnlyList<torch.Tensor?>> Members { get; init; } = [];

    /// <summary>What the mean of the members' own losses weighs beside the loss of <see cref="Raw"/>.</summary>
    public double OwnLossWeight { get; init; }

    /// <summary>What each gate of the network gave its experts [B, E], in the order of <see cref="MultiTaskNetwork.Gates"/>; null where a gate was not asked.</summary>
    public IReadOnlyList<torch.Tensor?> Gates { get; init; } = [];

    /// <summary>A term that the network adds to the loss in training, a single number; null for none.</summary>
    public torch.Tensor? Penalty { get; init; }
}
