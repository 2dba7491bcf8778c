using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="CustomNetworkTrainer"/>.</summary>
/// <remarks>
/// <see cref="MultiTaskTrainerOptions.Activation"/>, <see cref="MultiTaskTrainerOptions.LayerNormalization"/> and <see cref="MultiTaskTrainerOptions.Dropout"/> must have their defaults: the layers are the module's
/// own, and what they are made of can be said in <see cref="Settings"/>.
/// </remarks>
public sealed class CustomNetworkOptions : MultiTaskTrainerOptions
{
    /// <summary>The name by which the network is registered with <see cref="MultiTaskNetworks.Register"/>. It is kept in model files.</summary>
    /// <value>There is no default; a name is needed.</value>
    public string NetworkName { get; init; } = "";

    /// <summary>What the network's factory is told: sizes, the kind of its layers, and so on. They are kept in model files; at most 1000 of them.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The module with its settings.</summary>
    internal CustomModule Module => CustomModule.Create(NetworkName, Settings);

    internal override void Validate()
    {
        const string Remedy = "has no effect on a network of your own: leave it at its default, and tell the module by Settings";
        base.Validate();
        Require(!string.IsNullOrWhiteSpace(NetworkName), nameof(NetworkName), "is empty; give the name by which the network is registered with MultiTaskNetworks.Register");
        Require(CustomModule.FindProblem(NetworkName) is null, nameof(NetworkName), CustomModule.FindProblem(NetworkName) ?? "");
        string? unknown = MultiTaskNetworks.FindProblem(NetworkName);
        Require(unknown is null, nameof(NetworkName), $"names a network that can't be made. {unknown?.TrimEnd('.')}");
        Require(Settings is not null, nameof(Settings), "is null; an empty dictionary means no settings");
        string? problem = CustomModule.FindProblem(Settings!);
        Require(problem is null, nameof(Settings), problem ?? "");
        Require(Activation == Activation.ReLU, nameof(Activation), Remedy);
        Require(!LayerNormalization, nameof(LayerNormalization), Remedy);
        Require(Dropout == 0, nameof(Dropout), Remedy);
    }
}
