using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Small networks of every kind whose tasks share parameters, on the rows of <see cref="TrainingRows"/>.</summary>
internal static class GradientCases
{
    private const int FeatureCount = TrainingRows.FeatureCount;

    private static readonly HiddenLayers _hidden = new(Activation.GELU, false);

    private static readonly Dictionary<string, Func<int[], NetworkDescription>> _withTap = new()
    {
        ["hard"] = outputs => Descriptions.Hard(FeatureCount, outputs, [5, 4], [3], _hidden),
        ["experts"] = outputs => Mixed(FeatureCount, outputs, 3, null, false),
        ["experts, two of three"] = outputs => Mixed(FeatureCount, outputs, 3, 2, false),
        ["experts, one gate"] = outputs => Mixed(FeatureCount, outputs, 2, null, true),
        ["experts, two of four by one gate"] = outputs => Mixed(FeatureCount, outputs, 4, 2, true),
        ["joint"] = outputs => Descriptions.Joint(FeatureCount, outputs, [4], _hidden, width => [Mixed(width, outputs, 3, 2, false), Descriptions.Soft(width, outputs, [3], [2], _hidden)]),
        ["custom"] = outputs => CustomNetwork.Describe(FeatureCount, outputs, CustomModule.Create(TapNetwork.RegisteredName, Settings("straight"))),
    };

    private static readonly Dictionary<string, Func<int[], NetworkDescription>> _withoutTap = new()
    {
        ["cross-stitch"] = outputs => CrossStitchNetwork.Describe(FeatureCount, outputs, DenseStack.Describe([4, 3]), [2], _hidden),
        ["extraction"] = outputs => ExtractionNetwork.Describe(FeatureCount, outputs, null, [4], 2, 2, 1, [2], _hidden),
        ["joint, nothing shared below"] = outputs => Descriptions.Joint(FeatureCount, outputs, [], _hidden, width => [Descriptions.Hard(width, outputs, [4], [], _hidden), Descriptions.Soft(width, outputs, [3], [], _hidden)]),
    };

    static GradientCases() => TapNetwork.Register();

    public static TheoryData<string> All { get; } = [.. _withTap.Keys, .. _withoutTap.Keys];

    public static TheoryData<string> WithoutTap { get; } = [.. _withoutTap.Keys];

    /// <summary>Every network with the gradients that can be balanced in it.</summary>
    public static TheoryData<string, BalancedGradients> Modes { get; } = Combine();

    public static IReadOnlyDictionary<string, string> Settings(string way) => new Dictionary<string, string> { [TapNetwork.Way] = way };

    /// <summary>A user's network that treats its tap in some way.</summary>
    public static MultiTaskNetwork CreateCustom(TrainingRows rows, string way) =>
        Initialize(rows, CustomNetwork.Create(CustomNetwork.Describe(FeatureCount, Outputs(rows), CustomModule.Create(TapNetwork.RegisteredName, Settings(way)))));

    /// <summary>A network; where its kind has a penalty, with that.</summary>
    public static MultiTaskNetwork Create(string name, TrainingRows rows)
    {
        MultiTaskNetwork network = Initialize(rows, NetworkKinds.Create((_withTap.GetValueOrDefault(name) ?? _withoutTap[name])(Outputs(rows))));
        foreach (MultiTaskNetwork part in network is JointNetwork joint ? joint.Members : [network])
        {
            if (part is MixtureOfExpertsNetwork experts)
            {
                experts.LoadBalancingWeight = 0.5;
            }
            else if (part is SoftParameterSharingNetwork soft)
            {
                soft.KeepClose(0.5, SharingScope.Trunk, null);
            }
        }

        return network;
    }

    private static NetworkDescription Mixed(int inputs, int[] outputs, int experts, int? selected, bool oneGate) =>
        MixtureOfExpertsNetwork.Describe(inputs, outputs, DenseStack.Describe([4]), experts, selected, oneGate, [3], _hidden);

    private static int[] Outputs(TrainingRows rows) => [.. rows.Infos.Select(info => info.OutputCount)];

    private static MultiTaskNetwork Initialize(TrainingRows rows, MultiTaskNetwork network)
    {
        network.Initialize(new CounterRandom(2, 50), [.. Outputs(rows).Select(count => new float[count])]);
        return network;
    }

    private static TheoryData<string, BalancedGradients> Combine()
    {
        var data = new TheoryData<string, BalancedGradients>();
        foreach (string name in _withTap.Keys.Concat(_withoutTap.Keys))
        {
            data.Add(name, BalancedGradients.OfParameters);
            if (_withTap.ContainsKey(name))
            {
                data.Add(name, BalancedGradients.OfRepresentation);
            }
        }

        return data;
    }
}
