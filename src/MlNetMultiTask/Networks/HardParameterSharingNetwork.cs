using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Shared layers, and on top of them a head per task (Caruana 1997).</summary>
internal sealed class HardParameterSharingNetwork : MultiTaskNetwork
{
    public const string KindName = "HardParameterSharing";

    private const string SharedLayers = "sharedLayers";
    private const string HeadLayers = "headLayers";

    private readonly DenseStack _trunk;
    private readonly DenseStack[] _heads;

    public HardParameterSharingNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        _trunk = new DenseStack(description.FeatureCount, description.GetSizes(SharedLayers), null, hidden);
        register_module("shared", _trunk);
        _heads = [.. description.OutputCounts.Select(count => new DenseStack(_trunk.OutputWidth, description.GetSizes(HeadLayers), count, hidden))];
        for (int i = 0; i < _heads.Length; i++)
        {
            register_module(FormattableString.Invariant($"head{i}"), _heads[i]);
        }
    }

    public override IReadOnlyList<Parameter> SharedParameters => _trunk.Parameters;

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyList<int> sharedLayers, IReadOnlyList<int> headLayers, HiddenLayers? hidden = null)
    {
        var sizes = new Dictionary<string, int[]> { [SharedLayers] = [.. sharedLayers], [HeadLayers] = [.. headLayers] };
        hidden?.AddTo(sizes);
        return new NetworkDescription(KindName, featureCount, outputCounts, sizes);
    }

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static long CountParameters(NetworkDescription description)
    {
        int[] shared = description.GetSizes(SharedLayers);
        int[] head = description.GetSizes(HeadLayers);
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        int width = shared.Length > 0 ? shared[^1] : description.FeatureCount;
        return description.OutputCounts.Aggregate(
            DenseStack.CountParameters(description.FeatureCount, shared, null, hidden),
            (sum, count) => checked(sum + DenseStack.CountParameters(width, head, count, hidden)));
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => _heads[task].Parameters;

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;
        torch.Tensor shared = _trunk.Forward(features, dropout);
        return new NetworkOutputs(shared, [.. _heads.Select((head, i) => active is null || active[i] ? head.Forward(shared, dropout) : null)]);
    }

    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        _trunk.Initialize(random, null);
        for (int i = 0; i < _heads.Length; i++)
        {
            _heads[i].Initialize(random, outputBiases[i]);
        }
    }
}
