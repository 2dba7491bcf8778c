using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using TorchSharp;

namespace MlNetMultiTask.Models;

/// <summary>Brings a network's weights out as plain floats, and back in.</summary>
internal static class NetworkWeights
{
    public static IReadOnlyList<NamedTensor> Export(MultiTaskNetwork network)
    {
        using IDisposable scope = torch.NewDisposeScope();
        return [.. network.state_dict().Select(entry => new NamedTensor(entry.Key, entry.Value.shape, entry.Value.contiguous().AsSpan().ToArray()))];
    }

    /// <summary>Sets every weight of a network.</summary>
    /// <exception cref="FormatException">The tensors are not those of this network.</exception>
    public static void Import(MultiTaskNetwork network, IReadOnlyList<NamedTensor> tensors)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        Dictionary<string, torch.Tensor> targets = network.state_dict();
        if (tensors.Count != targets.Count)
        {
            throw new FormatException($"The model's weights hold {tensors.Count} tensors, and its network has {targets.Count}.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (NamedTensor tensor in tensors)
        {
            if (!targets.TryGetValue(tensor.Name, out torch.Tensor? target) || !target.shape.AsSpan().SequenceEqual(tensor.Shape) || !seen.Add(tensor.Name))
            {
                throw new FormatException($"Tensor '{tensor.Name}' [{string.Join(", ", tensor.Shape)}] of the model's weights does not belong to its network.");
            }

            if (Array.FindIndex(tensor.Values, value => !float.IsFinite(value)) is >= 0 and int index)
            {
                throw new FormatException(FormattableString.Invariant($"Tensor '{tensor.Name}' of the model's weights holds {tensor.Values[index]} at {index}; weights are finite numbers."));
            }

            target.copy_(torch.tensor(tensor.Values, tensor.Shape));
        }
    }
}
