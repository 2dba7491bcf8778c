using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask;

/// <summary>
/// The networks and trunks that are made of modules of your own. A model file keeps a module's name, settings and numbers, and no type: so each process says once what a name means, before
/// it trains or loads a model with it.
/// </summary>
/// <remarks>All methods may be called from several threads at once. Names are compared letter by letter.</remarks>
public static class MultiTaskNetworks
{
    private static readonly FactoryRegistry<CustomNetworkRequest, CustomNetworkModule> _networks = new("network", nameof(Register));
    private static readonly FactoryRegistry<CustomTrunkRequest, torch.nn.Module<torch.Tensor, torch.Tensor>> _trunks = new("trunk", nameof(RegisterTrunk));

    /// <summary>Says what a name of a whole network means, for <see cref="CustomNetworkOptions.NetworkName"/> and for models that are loaded.</summary>
    /// <param name="name">The name: of 1 to 200 characters.</param>
    /// <param name="factory">
    /// Makes the module for a number of features, and raw outputs for each task; a new one at each call. It is called when a network is trained, and when a model is loaded: then its settings come from the file,
    /// so that it had better refuse sizes that it would not expect. Members of an ensemble that are trained in parallel call it on several threads.
    /// </param>
    /// <exception cref="ArgumentException">The name is not valid, or another factory has it. The same delegate may be registered again.</exception>
    public static void Register(string name, Func<CustomNetworkRequest, CustomNetworkModule> factory) => _networks.Register(name, factory);

    /// <summary>Says what a name of a trunk means, for <see cref="Trunk.Custom"/> and for models that are loaded.</summary>
    /// <param name="name">The name: of 1 to 200 characters. Trunks and whole networks may have the same names.</param>
    /// <param name="factory">
    /// Makes the module, from features [B, F] to [B, H], for a number of features and a width H; a new one at each call. It is called when a network is trained, and when a model is loaded: then its
    /// settings come from the file, so that it had better refuse sizes that it would not expect. Members of an ensemble that are trained in parallel call it on several threads.
    /// </param>
    /// <exception cref="ArgumentException">The name is not valid, or another factory has it. The same delegate may be registered again.</exception>
    public static void RegisterTrunk(string name, Func<CustomTrunkRequest, torch.nn.Module<torch.Tensor, torch.Tensor>> factory) => _trunks.Register(name, factory);

    /// <summary>What is wrong where a network is not registered; null where it is.</summary>
    internal static string? FindProblem(string networkName) => _networks.FindProblem(networkName);

    /// <exception cref="FormatException">The name is unknown, or its factory failed.</exception>
    internal static CustomNetworkModule Create(string name, CustomNetworkRequest request) => _networks.Create(name, request);

    /// <exception cref="FormatException">The name is unknown, or its factory failed.</exception>
    internal static torch.nn.Module<torch.Tensor, torch.Tensor> CreateTrunk(string name, CustomTrunkRequest request) => _trunks.Create(name, request);
}
