using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>The base of networks in which each task has a trunk and a head of its own.</summary>
internal abstract class PerTaskNetwork : MultiTaskNetwork
{
    private const string TrunkLayers = "trunkLayers";

    private protected PerTaskNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        TrunkDescription trunk = GetTrunk(description);
        Trunks = [.. description.OutputCounts.Select(_ => TrunkKinds.Create(trunk, description.FeatureCount, hidden))];
        for (int i = 0; i < Trunks.Count; i++)
        {
            register_module(TrunkName(i), Trunks[i]);
        }

        Heads = new TaskHeads(this, Trunks[0].OutputWidth, hidden);
    }

    protected IReadOnlyList<LayerStack> Trunks { get; }

    protected TaskHeads Heads { get; }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. Trunks[task].Parameters, .. Heads.GetParameters(task)];

    public override IEnumerable<NetworkLayer> DescribeLayers() =>
        [.. Trunks.SelectMany((trunk, task) => trunk.DescribeLayers(TrunkName(task), task).Concat(Heads.DescribeLayers(task)))];

    /// <summary>Each task's network begins as it would alone; so all trunks begin alike.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        for (int i = 0; i < Trunks.Count; i++)
        {
            IRandomSource own = random.Fork();
            Trunks[i].Initialize(own);
            if (i > 0 && Trunks[i] is CustomStack custom)
            {
                custom.CopyFrom((CustomStack)Trunks[0]);
            }

            Heads[i].Initialize(own, outputBiases[i]);
        }
    }

    protected static NetworkDescription Describe(string kind, int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription trunk, IReadOnlyList<int> headLayers, HiddenLayers hidden) =>
        NetworkDescription.Create(kind, featureCount, outputCounts, TrunkLayers, trunk, [new(TaskHeads.Layers, [.. headLayers]), .. hidden.Sizes]);

    /// <summary>The size of all trunks and heads.</summary>
    protected static NetworkSize MeasureTrunksAndHeads(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        TrunkDescription trunk = GetTrunk(description);
        return (description.OutputCounts.Count * TrunkKinds.Measure(trunk, description.FeatureCount, hidden))
            + TaskHeads.Measure(description, TrunkKinds.GetOutputWidth(trunk, description.FeatureCount), hidden);
    }

    protected static TrunkDescription GetTrunk(NetworkDescription description) => description.GetTrunk(TrunkLayers);

    private static string TrunkName(int task) => FormattableString.Invariant($"trunk{task}");
}
