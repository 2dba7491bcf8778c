using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>The networks that can be built from a description: one line a kind.</summary>
internal static class NetworkKinds
{
    private static readonly Dictionary<string, (Func<NetworkDescription, MultiTaskNetwork> Create, Func<NetworkDescription, NetworkSize> Measure)> _kinds = new(StringComparer.Ordinal)
    {
        [HardParameterSharingNetwork.KindName] = (description => new HardParameterSharingNetwork(description), HardParameterSharingNetwork.Measure),
        [SoftParameterSharingNetwork.KindName] = (description => new SoftParameterSharingNetwork(description), SoftParameterSharingNetwork.Measure),
        [CrossStitchNetwork.KindName] = (description => new CrossStitchNetwork(description), CrossStitchNetwork.Measure),
        [MixtureOfExpertsNetwork.KindName] = (description => new MixtureOfExpertsNetwork(description), MixtureOfExpertsNetwork.Measure),
        [ExtractionNetwork.KindName] = (description => new ExtractionNetwork(description), ExtractionNetwork.Measure),
        [JointNetwork.KindName] = (description => new JointNetwork(description), JointNetwork.Measure),
        [CustomNetwork.KindName] = (CustomNetwork.Create, CustomNetwork.Measure),
    };

    /// <summary>Builds the network; its parameters are 0, but for those of the user's modules. It outlives the dispose scope in which it is built, whosever that is.</summary>
    /// <exception cref="FormatException">The kind is unknown, or the network can't be built.</exception>
    public static MultiTaskNetwork Create(NetworkDescription description)
    {
        // What is made of a network that can't be is disposed with the scope.
        using IDisposable scope = torch.NewDisposeScope();
        MultiTaskNetwork network = Find(description).Create(description);
        NetworkTensors.Keep(network, tensor => tensor.DetachFromDisposeScope());
        return network;
    }

    /// <summary>The number of parameters that the network would have, as <see cref="Measure"/> tells.</summary>
    /// <exception cref="FormatException">As of <see cref="Measure"/>.</exception>
    public static long CountParameters(NetworkDescription description) => Measure(description).Numbers;

    /// <summary>The size that the network would have, without building it; users' modules are not counted.</summary>
    /// <exception cref="FormatException">The kind is unknown, or the number is beyond all bounds.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        try
        {
            return Find(description).Measure(description);
        }
        catch (OverflowException)
        {
            throw new FormatException("The network's layers are too large.");
        }
    }

    private static (Func<NetworkDescription, MultiTaskNetwork> Create, Func<NetworkDescription, NetworkSize> Measure) Find(NetworkDescription description) =>
        _kinds.TryGetValue(description.Kind, out var kind)
            ? kind
            : throw new FormatException($"The network kind '{description.Kind}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", _kinds.Keys)}.");
}
