using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>What a network computes of a batch.</summary>
/// <param name="Tap">The last shared representation [B, H]; null where the network has none.</param>
/// <param name="Raw">Per task its raw outputs [B, K]; null for tasks that were not asked for.</param>
internal sealed record NetworkOutputs(torch.Tensor? Tap, IReadOnlyList<torch.Tensor?> Raw);
