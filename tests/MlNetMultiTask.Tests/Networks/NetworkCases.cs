using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A small network of every kind on every trunk, each with and without normalisation. A new kind or trunk joins by a line here.</summary>
public static class NetworkCases
{
    public const int FeatureCount = 24;

    private static readonly int[] _outputs = [3, 1, 2];

    private static readonly Dictionary<string, Trunk> _trunks = new()
    {
        ["none"] = Trunk.Dense(),
        ["dense"] = Trunk.Dense(7, 5),
        ["residual"] = Trunk.Residual(6, 2, 4),
        ["images"] = Trunk.Convolutional(3, 4, 2, [3, 2], [5], interleaved: true),
        ["images without layers"] = Trunk.Convolutional(4, 6, 1, [2], [], kernelSize: 1),
        ["series"] = Trunk.Convolutional(1, 8, 3, [4, 2], [3], kernelSize: 5),
    };

    private static readonly Dictionary<string, Func<Trunk, HiddenLayers, NetworkDescription>> _kinds = new()
    {
        ["hard"] = (trunk, hidden) => HardParameterSharingNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), [4], hidden),
        ["hard, linear heads"] = (trunk, hidden) => HardParameterSharingNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), [], hidden),
        ["hard, one task"] = (trunk, hidden) => HardParameterSharingNetwork.Describe(FeatureCount, [2], trunk.Describe(FeatureCount), [], hidden),
        ["soft"] = (trunk, hidden) => SoftParameterSharingNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), [4], hidden),
        ["joint"] = (trunk, hidden) => JointNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), hidden, inputs =>
            [Descriptions.Hard(inputs, _outputs, [3], [2], hidden), Descriptions.Soft(inputs, _outputs, [3], [], hidden)]),
        ["joint, nothing shared"] = (trunk, hidden) => JointNetwork.Describe(FeatureCount, _outputs, DenseStack.Describe([]), hidden, inputs =>
            [HardParameterSharingNetwork.Describe(inputs, _outputs, trunk.Describe(inputs), [], hidden), SoftParameterSharingNetwork.Describe(inputs, _outputs, trunk.Describe(inputs), [], hidden)]),
    };

    /// <summary>Networks whose layers do not lie one behind the other.</summary>
    private static readonly Dictionary<string, Func<Trunk, HiddenLayers, NetworkDescription>> _mixed = new()
    {
        ["cross-stitch"] = (trunk, hidden) => CrossStitchNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), [4], hidden),
        ["experts"] = (trunk, hidden) => MixtureOfExpertsNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), 3, null, false, [4], hidden),
        ["experts, some of them"] = (trunk, hidden) => MixtureOfExpertsNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), 3, 2, true, [], hidden),
        ["levels"] = (trunk, hidden) => ExtractionNetwork.Describe(FeatureCount, _outputs, trunk.Describe(FeatureCount), [5], 2, 2, 1, [4], hidden),
    };

    public static TheoryData<string, string, bool> All { get; } = Combine([.. _kinds.Keys, .. _mixed.Keys]);

    public static TheoryData<string, string, bool> Chains { get; } = Combine(_kinds.Keys);

    public static TheoryData<string> Trunks { get; } = [.. _trunks.Keys];

    public static Trunk GetTrunk(string name) => _trunks[name];

    internal static NetworkDescription Describe(string kind, string trunk, bool normalization, Activation activation = Activation.ReLU) =>
        (_kinds.GetValueOrDefault(kind) ?? _mixed[kind])(_trunks[trunk], new HiddenLayers(activation, normalization));

    private static TheoryData<string, string, bool> Combine(IEnumerable<string> kinds)
    {
        var data = new TheoryData<string, string, bool>();
        foreach (string kind in kinds)
        {
            foreach (string trunk in _trunks.Keys)
            {
                data.Add(kind, trunk, false);
                data.Add(kind, trunk, true);
            }
        }

        return data;
    }
}
