using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Descriptions of networks with dense trunks.</summary>
internal static class Descriptions
{
    private static readonly HiddenLayers _usual = new(Activation.ReLU, false);

    public static NetworkDescription Hard(int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyList<int> shared, IReadOnlyList<int> head, HiddenLayers? hidden = null) =>
        HardParameterSharingNetwork.Describe(featureCount, outputCounts, DenseStack.Describe(shared), head, hidden ?? _usual);

    public static NetworkDescription Soft(int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyList<int> trunk, IReadOnlyList<int> head, HiddenLayers? hidden = null) =>
        SoftParameterSharingNetwork.Describe(featureCount, outputCounts, DenseStack.Describe(trunk), head, hidden ?? _usual);

    public static NetworkDescription Joint(
        int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyList<int> shared, HiddenLayers hidden, Func<int, IEnumerable<NetworkDescription>> describeMembers) =>
        JointNetwork.Describe(featureCount, outputCounts, DenseStack.Describe(shared), hidden, describeMembers);
}
