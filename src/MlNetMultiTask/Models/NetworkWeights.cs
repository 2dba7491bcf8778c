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
        return [.. NetworkTensors.Get(network).Select(entry => new NamedTensor(entry.Name, entry.Tensor.shape, NetworkTensors.Read(entry.Name, entry.Tensor)))];
    }

    /// <summary>Sets every weight of a network.</summary>
    /// <exception cref="FormatException">The tensors are not those of this network.</exception>
    public static void Import(MultiTaskNetwork network, IReadOnlyList<NamedTensor> tensors)
    {
        using IDisposable scope = torch.NewDisposeScope();
        var targets = NetworkTensors.Get(network).ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
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

            NetworkTensors.Write(tensor.Name, target, tensor.Values);
        }
    }
}
