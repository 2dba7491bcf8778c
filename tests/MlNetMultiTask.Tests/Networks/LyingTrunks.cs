using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Trunks from files that lie.</summary>
internal static class LyingTrunks
{
    /// <summary>The message with which a hard-sharing network on a trunk is refused before it takes memory; other kinds are refused, too.</summary>
    public static string Refuse(TrunkDescription trunk, int featureCount)
    {
        var hidden = new HiddenLayers(Activation.ReLU, true);
        NetworkDescription On(string kind) => new(kind, featureCount, [2, 1], new Dictionary<string, int[]> { ["headLayers"] = [], ["layerNormalization"] = [1] }) { Trunk = trunk };
        NetworkDescription[] all =
        [
            On(HardParameterSharingNetwork.KindName),
            On(SoftParameterSharingNetwork.KindName),
            On(JointNetwork.KindName) with { Members = [Descriptions.Hard(1, [2, 1], [], [], hidden)] },
            Descriptions.Joint(featureCount, [2, 1], [], hidden, _ => [On(HardParameterSharingNetwork.KindName)]),
        ];

        // Memory of managed objects only; native memory is not taken, since nothing is built.
        long before = GC.GetAllocatedBytesForCurrentThread();
        string[] messages = [.. all.Select(description => Assert.Throws<FormatException>(() => NetworkKinds.CountParameters(description)).Message)];
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
        return messages[0];
    }

    /// <summary>The same, with one setting changed; null for none.</summary>
    public static string Refuse(TrunkDescription trunk, int featureCount, string setting, int[]? value)
    {
        var sizes = new Dictionary<string, int[]>(trunk.Sizes);
        Assert.True(sizes.Remove(setting));
        if (value is not null)
        {
            sizes[setting] = value;
        }

        return Refuse(trunk with { Sizes = sizes }, featureCount);
    }
}
