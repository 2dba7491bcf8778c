using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Small networks of every way of sharing that goes by units, gates or levels.</summary>
internal static class SharingCases
{
    public const int FeatureCount = 3;

    public static readonly int[] Outputs = [2, 1, 3];

    private static readonly HiddenLayers _hidden = new(Activation.Tanh, false);

    private static readonly Dictionary<string, NetworkDescription> _all = new()
    {
        ["cross-stitch"] = Stitched([4, 3], [2]),
        ["cross-stitch, one layer"] = Stitched([5], []),
        ["cross-stitch, no layers"] = Stitched([], [2]),
        ["experts"] = Mixed([4, 3], 3),
        ["experts, one gate"] = Mixed([4], 2, oneGate: true),
        ["experts, two of four"] = Mixed([3], 4, selected: 2),
        ["experts, one of three by one gate"] = Mixed([3], 3, selected: 1, oneGate: true),
        ["experts, one"] = Mixed([4], 1),
        ["extraction"] = Extracted([4], 2, 2, 1),
        ["extraction, three levels"] = Extracted([3], 3, 1, 2),
        ["extraction, one level"] = Extracted([4, 3], 1, 1, 2),
        ["extraction, nothing shared"] = Extracted([3], 2, 0, 2),
        ["extraction, all shared"] = Extracted([3], 2, 2, 0),
    };

    public static TheoryData<string> Names { get; } = [.. _all.Keys];

    public static NetworkDescription Describe(string name) => _all[name];

    public static NetworkDescription Stitched(int[] layers, int[] head, HiddenLayers? hidden = null) =>
        CrossStitchNetwork.Describe(FeatureCount, Outputs, DenseStack.Describe(layers), head, hidden ?? _hidden);

    public static NetworkDescription Mixed(int[] layers, int experts, int? selected = null, bool oneGate = false, int[]? head = null, HiddenLayers? hidden = null) =>
        MixtureOfExpertsNetwork.Describe(FeatureCount, Outputs, DenseStack.Describe(layers), experts, selected, oneGate, head ?? [2], hidden ?? _hidden);

    public static NetworkDescription Extracted(int[] layers, int levels, int shared, int own, int[]? head = null, HiddenLayers? hidden = null) =>
        ExtractionNetwork.Describe(FeatureCount, Outputs, null, layers, levels, shared, own, head ?? [2], hidden ?? _hidden);

    /// <summary>A network as it begins.</summary>
    public static MultiTaskNetwork Create(NetworkDescription description, uint seed = 1)
    {
        MultiTaskNetwork network = NetworkKinds.Create(description);
        network.Initialize(new CounterRandom(seed, 1), [.. description.OutputCounts.Select((count, task) => Enumerable.Range(0, count).Select(k => (0.1f * task) - (0.05f * k)).ToArray())]);
        return network;
    }

    /// <summary>A network with random numbers everywhere, so that every parameter has a gradient of its own.</summary>
    public static MultiTaskNetwork CreateMoved(NetworkDescription description, uint seed = 1)
    {
        MultiTaskNetwork network = Create(description, seed);
        var random = new CounterRandom(seed, 7);
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        foreach (Parameter parameter in network.parameters())
        {
            float[] values = new float[parameter.numel()];
            random.FillUniform(values, 1f);
            parameter.copy_(torch.tensor(values, parameter.shape));
        }

        return network;
    }

    public static float[] Draw(int count, uint seed, float bound = 2f)
    {
        float[] values = new float[count];
        new CounterRandom(seed, 9).FillUniform(values, bound);
        return values;
    }

    public static double[][] ToRows(float[] features) => [.. features.Chunk(FeatureCount).Select(row => Array.ConvertAll(row, value => (double)value))];
}
