using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Shared layers, and on top of them a head per task (Caruana 1997).</summary>
internal sealed class HardParameterSharingNetwork : MultiTaskNetwork
{
    public const string KindName = "HardParameterSharing";

    private const string SharedLayers = "sharedLayers";
    private const string Shared = "shared";

    private readonly LayerStack _trunk;
    private readonly TaskHeads _heads;

    public HardParameterSharingNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        _trunk = TrunkKinds.Create(description.GetTrunk(SharedLayers), description.FeatureCount, hidden);
        register_module(Shared, _trunk);
        _heads = new TaskHeads(this, _trunk.OutputWidth, hidden);
    }

    public override IReadOnlyList<Parameter> SharedParameters => _trunk.Parameters;

    public override IReadOnlyList<Parameter> LastSharedParameters => _trunk.LastParameters;

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription trunk, IReadOnlyList<int> headLayers, HiddenLayers hidden) =>
        NetworkDescription.Create(KindName, featureCount, outputCounts, SharedLayers, trunk, [new(TaskHeads.Layers, [.. headLayers]), .. hidden.Sizes]);

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        TrunkDescription trunk = description.GetTrunk(SharedLayers);
        return TrunkKinds.Measure(trunk, description.FeatureCount, hidden)
            + TaskHeads.Measure(description, TrunkKinds.GetOutputWidth(trunk, description.FeatureCount), hidden);
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => _heads.GetParameters(task);

    public override IEnumerable<NetworkLayer> DescribeLayers() => [.. _trunk.DescribeLayers(Shared, null), .. _heads.DescribeLayers()];

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;
        torch.Tensor shared = _trunk.Forward(features, dropout);
        return new NetworkOutputs(shared, _heads.Forward(_ => shared, active, dropout));
    }

    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        _trunk.Initialize(random);
        for (int task = 0; task < outputBiases.Count; task++)
        {
            _heads[task].Initialize(random, outputBiases[task]);
        }
    }
}
