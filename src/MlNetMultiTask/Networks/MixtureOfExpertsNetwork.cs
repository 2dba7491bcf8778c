using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Experts that all tasks share; each task mixes them by a gate of its own (Ma et al. 2018), or all by the same.</summary>
internal sealed class MixtureOfExpertsNetwork : MultiTaskNetwork
{
    public const string KindName = "MultiGateMixtureOfExperts";

    /// <summary>Members of joint networks have the branches of the random source below this one; experts and gates its multiples.</summary>
    public const uint Branches = JointNetwork.MaximumNumberOfMembers + 1;

    /// <summary>All experts are computed for each row.</summary>
    public const int MaximumNumberOfExperts = 1000;

    private const string ExpertLayers = "expertLayers";
    private const string NumberOfExperts = "numberOfExperts";
    private const string NumberOfSelectedExperts = "selectedExperts";
    private const string SharedGate = "sharedGate";

    private readonly LayerStack[] _experts;
    private readonly Gate[] _gates;
    private readonly TaskHeads _heads;
    private readonly int? _selected;

    public MixtureOfExpertsNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        Settings settings = Read(description);
        _selected = settings.Selected;
        _experts = [.. Enumerable.Range(0, settings.Experts).Select(_ => TrunkKinds.Create(description.GetTrunk(ExpertLayers), description.FeatureCount, hidden))];
        _gates = [.. Enumerable.Range(0, settings.Gates).Select(_ => new Gate(description.FeatureCount, settings.Experts, settings.Selected))];
        for (int i = 0; i < _experts.Length; i++)
        {
            register_module(ExpertName(i), _experts[i]);
        }

        for (int i = 0; i < _gates.Length; i++)
        {
            register_module(GateName(i), _gates[i]);
        }

        _heads = new TaskHeads(this, _experts[0].OutputWidth, hidden);
        HasOneGate = settings.HasOneGate;
        (int?, int)[] experts = [.. Enumerable.Range(1, _experts.Length).Select(number => ((int?)null, number))];
        Gates = [.. _gates.Select((_, i) => new GateDescription(1, HasOneGate ? null : i, experts))];
    }

    /// <summary>What an uneven use of the experts weighs beside the losses.</summary>
    public double LoadBalancingWeight { get; set; }

    public override IReadOnlyList<GateDescription> Gates { get; }

    public override IReadOnlyList<Parameter> SharedParameters =>
        [.. _experts.SelectMany(expert => expert.Parameters), .. HasOneGate ? _gates[0].Parameters : []];

    public override IReadOnlyList<Parameter> LastSharedParameters => [.. _experts.SelectMany(expert => expert.LastParameters)];

    private bool HasOneGate { get; }

    public static NetworkDescription Describe(
        int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription expert, int numberOfExperts, int? selectedExperts, bool sharedGate, IReadOnlyList<int> headLayers, HiddenLayers hidden)
    {
        var sizes = new Dictionary<string, int[]> { [NumberOfExperts] = [numberOfExperts] };
        if (selectedExperts is { } selected)
        {
            sizes[NumberOfSelectedExperts] = [selected];
        }

        if (sharedGate)
        {
            sizes[SharedGate] = [1];
        }

        return NetworkDescription.Create(KindName, featureCount, outputCounts, ExpertLayers, expert, [.. sizes, new(TaskHeads.Layers, [.. headLayers]), .. hidden.Sizes]);
    }

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        Settings settings = Read(description);
        TrunkDescription expert = description.GetTrunk(ExpertLayers);
        return (settings.Experts * TrunkKinds.Measure(expert, description.FeatureCount, hidden))
            + (settings.Gates * Gate.Measure(description.FeatureCount, settings.Experts))
            + TaskHeads.Measure(description, TrunkKinds.GetOutputWidth(expert, description.FeatureCount), hidden);
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. HasOneGate ? [] : _gates[task].Parameters, .. _heads.GetParameters(task)];

    public override IEnumerable<NetworkLayer> DescribeLayers() =>
    [
        .. _experts.SelectMany((expert, i) => expert.DescribeLayers(ExpertName(i), null)),
        .. _gates.Select((gate, i) => gate.Describe(GateName(i), _experts[0].OutputWidth, HasOneGate ? null : i)),
        .. _heads.DescribeLayers(),
    ];

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;

        // One tensor from which all gates and heads go on, so that it has the gradients of all of them.
        torch.Tensor outputs = torch.cat([.. _experts.Select(expert => expert.Forward(features, dropout))], 1);
        torch.Tensor experts = outputs.view(features.shape[0], _experts.Length, -1);
        var gates = new (torch.Tensor Weights, torch.Tensor Probabilities)?[_gates.Length];
        var mixtures = new torch.Tensor[_gates.Length];
        for (int i = 0; i < gates.Length; i++)
        {
            if (HasOneGate || active is null || active[i])
            {
                gates[i] = _gates[i].Forward(features);
                mixtures[i] = Gate.Mix(gates[i]!.Value.Weights, experts);
            }
        }

        return new NetworkOutputs(HasOneGate ? mixtures[0] : outputs, _heads.Forward(task => mixtures[HasOneGate ? 0 : task], active, dropout))
        {
            Gates = [.. gates.Select(gate => gate?.Weights)],
            Penalty = training && LoadBalancingWeight > 0 ? GetImbalance([.. gates.OfType<(torch.Tensor, torch.Tensor)>()])?.Times(LoadBalancingWeight) : null,
        };
    }

    /// <summary>The first expert and the heads begin as the shared layers and the heads of hard sharing; other experts, and the gates, with numbers of their own.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        uint branch = 0;
        for (int i = 0; i < _experts.Length; i++)
        {
            _experts[i].Initialize(i == 0 ? random : random.Branch(Branches * ++branch));
        }

        Array.ForEach(_gates, gate => gate.Initialize(random.Branch(Branches * ++branch)));
        for (int task = 0; task < outputBiases.Count; task++)
        {
            _heads[task].Initialize(random, outputBiases[task]);
        }
    }

    /// <summary>
    /// E Σₑ fₑ pₑ, with the share f of rows (over k) that are given to an expert, and its mean probability p, over all gates together (Fedus, Zoph, Shazeer 2021): 1 where all are used alike.
    /// Over all gates, since tasks may well differ in their experts.
    /// </summary>
    private torch.Tensor? GetImbalance((torch.Tensor Weights, torch.Tensor Probabilities)[] gates)
    {
        if (gates.Length == 0)
        {
            return null;
        }

        torch.Tensor shares = torch.cat([.. gates.Select(gate => gate.Weights)]).detach().sign().mean([0]);
        torch.Tensor probabilities = torch.cat([.. gates.Select(gate => gate.Probabilities)]).mean([0]);
        return (shares * probabilities).sum().Times((double)_experts.Length / (_selected ?? _experts.Length));
    }

    /// <summary>A description may come from a file that lies.</summary>
    private static Settings Read(NetworkDescription description)
    {
        int experts = description.GetSize(NumberOfExperts, 1) is var count and <= MaximumNumberOfExperts
            ? count
            : throw new FormatException(FormattableString.Invariant($"A {KindName} network has {MaximumNumberOfExperts} experts at most."));
        int? selected = description.Sizes.ContainsKey(NumberOfSelectedExperts) ? description.GetSize(NumberOfSelectedExperts, 1) : null;
        bool hasOneGate = description.Sizes.ContainsKey(SharedGate);
        return selected is null || selected <= experts
            ? new Settings(experts, selected, hasOneGate, hasOneGate ? 1 : description.OutputCounts.Count)
            : throw new FormatException(FormattableString.Invariant($"A {KindName} network of {experts} experts can't select {selected} of them."));
    }

    private static string ExpertName(int expert) => FormattableString.Invariant($"expert{expert}");

    private static string GateName(int gate) => FormattableString.Invariant($"gate{gate}");

    private sealed record Settings(int Experts, int? Selected, bool HasOneGate, int Gates);
}
