namespace MlNetMultiTask.Networks;

/// <summary>The networks that can be built from a description: one line a kind.</summary>
internal static class NetworkKinds
{
    private static readonly Dictionary<string, (Func<NetworkDescription, MultiTaskNetwork> Create, Func<NetworkDescription, long> CountParameters)> _kinds = new(StringComparer.Ordinal)
    {
        [HardParameterSharingNetwork.KindName] = (description => new HardParameterSharingNetwork(description), HardParameterSharingNetwork.CountParameters),
        [SoftParameterSharingNetwork.KindName] = (description => new SoftParameterSharingNetwork(description), SoftParameterSharingNetwork.CountParameters),
        [CrossStitchNetwork.KindName] = (description => new CrossStitchNetwork(description), CrossStitchNetwork.CountParameters),
        [MixtureOfExpertsNetwork.KindName] = (description => new MixtureOfExpertsNetwork(description), MixtureOfExpertsNetwork.CountParameters),
        [ExtractionNetwork.KindName] = (description => new ExtractionNetwork(description), ExtractionNetwork.CountParameters),
        [JointNetwork.KindName] = (description => new JointNetwork(description), JointNetwork.CountParameters),
    };

    /// <summary>Builds the network; its parameters are 0. It outlives the dispose scope in which it is built, whosever that is.</summary>
    /// <exception cref="FormatException">The kind is unknown.</exception>
    public static MultiTaskNetwork Create(NetworkDescription description)
    {
        MultiTaskNetwork network = Find(description).Create(description);
        foreach (TorchSharp.Modules.Parameter parameter in network.parameters())
        {
            parameter.DetachFromDisposeScope();
        }

        return network;
    }

    /// <summary>The number of parameters that the network would have, without building it.</summary>
    /// <exception cref="FormatException">The kind is unknown, or the number is beyond all bounds.</exception>
    public static long CountParameters(NetworkDescription description)
    {
        try
        {
            return Find(description).CountParameters(description);
        }
        catch (OverflowException)
        {
            throw new FormatException("The network's layers are too large.");
        }
    }

    private static (Func<NetworkDescription, MultiTaskNetwork> Create, Func<NetworkDescription, long> CountParameters) Find(NetworkDescription description) =>
        _kinds.TryGetValue(description.Kind, out var kind)
            ? kind
            : throw new FormatException($"The network kind '{description.Kind}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", _kinds.Keys)}.");
}
