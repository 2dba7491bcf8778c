using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// Several networks side by side, on the features or on layers that all of them share. A task's raw output is the mean of theirs: of log-odds, of logits (so that
/// probabilities are the normalised geometric mean of the members'), of standardised numbers.
/// </summary>
internal sealed class JointNetwork : MultiTaskNetwork
{
    public const string KindName = "JointTraining";

    /// <summary>All members are computed for each row, and all have their tensors in one entry of a model file.</summary>
    public const int MaximumNumberOfMembers = 100;

    private const string SharedLayers = "sharedLayers";
    private const string Shared = "shared";

    private readonly LayerStack _shared;
    private readonly bool _ownsModules = true;

    public JointNetwork(NetworkDescription description)
        : this(Checked(description), CreateShared(description), [.. description.Members.Select(NetworkKinds.Create)])
    {
    }

    private JointNetwork(NetworkDescription description, LayerStack shared, IReadOnlyList<MultiTaskNetwork> members)
        : base(description)
    {
        _shared = shared;
        Members = members;
        register_module(Shared, shared);
        foreach ((int i, MultiTaskNetwork member) in members.Index())
        {
            register_module(MemberName(i), member);
        }
    }

    /// <summary>A view of one member of a network, on the network's own modules.</summary>
    private JointNetwork(JointNetwork whole, int member)
        : this(whole.Description with { Members = [whole.Description.Members[member]] }, whole._shared, [whole.Members[member]]) => _ownsModules = false;

    /// <summary>The networks; they see the output of the shared layers.</summary>
    public IReadOnlyList<MultiTaskNetwork> Members { get; }

    /// <summary>What the members' own losses weigh in training, in the mean over members, beside the loss of the mean output; with 0 they are not computed.</summary>
    public double OwnLossWeight { get; set; }

    public override Dropout? Dropout
    {
        get => base.Dropout;
        set
        {
            base.Dropout = value;
            foreach (MultiTaskNetwork member in Members)
            {
                member.Dropout = value;
            }
        }
    }

    public override IReadOnlyList<Parameter> SharedParameters => [.. _shared.Parameters, .. Members.SelectMany(member => member.SharedParameters)];

    public override IReadOnlyList<Parameter> LastSharedParameters =>
        _shared.Parameters.Count > 0 ? _shared.LastParameters : [.. Members.SelectMany(member => member.LastSharedParameters)];

    public override IReadOnlyList<GateDescription> Gates => [.. Members.SelectMany((member, i) => member.Gates.Select(gate => gate with { Network = i + 1 }))];

    public override IReadOnlyList<TaskMixture> Mixtures => [.. Members.SelectMany((member, i) => member.Mixtures.Select(mixture => mixture with { Name = $"{MemberName(i)}/{mixture.Name}" }))];

    /// <param name="featureCount">The number of features, F.</param>
    /// <param name="outputCounts">Per task, the number of raw outputs.</param>
    /// <param name="shared">The layers below all members; dense ones of no width for none.</param>
    /// <param name="hidden">What these are made of.</param>
    /// <param name="describeMembers">Describes the members on as many inputs.</param>
    public static NetworkDescription Describe(
        int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription shared, HiddenLayers hidden, Func<int, IEnumerable<NetworkDescription>> describeMembers) =>
        NetworkDescription.Create(KindName, featureCount, outputCounts, SharedLayers, shared, hidden.Sizes) with { Members = [.. describeMembers(TrunkKinds.GetOutputWidth(shared, featureCount))] };

    /// <exception cref="FormatException">The description lacks a setting, or its members do not belong together.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(Checked(description).Sizes);
        return description.Members.Aggregate(
            TrunkKinds.Measure(description.GetTrunk(SharedLayers), description.FeatureCount, hidden),
            (sum, member) => sum + NetworkKinds.Measure(member));
    }

    /// <summary>A network that computes what one member does alone, with the same tensors. It is of use as long as this one; disposing it leaves these alone.</summary>
    public MultiTaskNetwork GetMember(int member) => new JointNetwork(this, member);

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. Members.SelectMany(member => member.GetTaskParameters(task))];

    public override IEnumerable<NetworkLayer> DescribeLayers() =>
    [
        .. _shared.DescribeLayers(Shared, null),
        .. Members.SelectMany((member, i) => member.DescribeLayers().Select(layer => layer with { Name = $"{MemberName(i)}/{layer.Name}" })),
    ];

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null) =>
        Compute(features, (member, shared) => member.Forward(shared, active));

    public override NetworkOutputs ForwardRows(torch.Tensor features, IReadOnlyList<bool> active, IReadOnlyList<long[]?> rows) =>
        Compute(features, (member, shared) => member.ForwardRows(shared, active, rows));

    public override void AddPenaltyGradient(IParameterBuffers buffers)
    {
        foreach (MultiTaskNetwork member in Members)
        {
            member.AddPenaltyGradient(buffers);
        }
    }

    /// <summary>The sum of the members' distances.</summary>
    public override double? GetParameterDistance(IParameterBuffers buffers)
    {
        double[] distances = [.. Members.Select(member => member.GetParameterDistance(buffers)).OfType<double>()];
        return distances.Length == 0 ? null : distances.Sum();
    }

    /// <summary>The first member begins as it would alone; the others with numbers of their own, also where a member gives all its tasks the same.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        _shared.Initialize(random);
        foreach ((int i, MultiTaskNetwork member) in Members.Index())
        {
            member.Initialize(i == 0 ? random : random.Branch((uint)i), outputBiases);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ownsModules)
        {
            // What is registered would be disposed.
            foreach ((string name, torch.nn.Module _) in named_children().ToArray())
            {
                register_module(name, null!);
            }
        }

        base.Dispose(disposing);
    }

    private NetworkOutputs Compute(torch.Tensor features, Func<MultiTaskNetwork, torch.Tensor, NetworkOutputs> compute)
    {
        torch.Tensor shared = _shared.Forward(features, training ? Dropout : null);
        NetworkOutputs[] outputs = [.. Members.Select(member => compute(member, shared))];
        IReadOnlyList<torch.Tensor?>[] members = [.. outputs.Select(own => own.Raw)];
        torch.Tensor? tap = _shared.Parameters.Count > 0 ? shared : null;
        torch.Tensor?[] raw = [.. Description.OutputCounts.Select((_, task) => Mean([.. members.Select(member => member[task]).OfType<torch.Tensor>()]))];
        var whole = new NetworkOutputs(tap, raw)
        {
            Gates = [.. outputs.SelectMany(own => own.Gates)],
            Penalty = outputs.Select(own => own.Penalty).OfType<torch.Tensor>().ToArray() is { Length: > 0 } penalties ? penalties.Aggregate((sum, next) => sum.Plus(next)) : null,
        };
        return training && OwnLossWeight > 0 ? whole with { Members = members, OwnLossWeight = OwnLossWeight } : whole;
    }

    private static torch.Tensor? Mean(torch.Tensor[] outputs) => outputs.Length switch
    {
        0 => null,
        1 => outputs[0],
        _ => outputs.Aggregate((sum, next) => sum.Plus(next)).Times(1.0 / outputs.Length),
    };

    private static string MemberName(int member) => FormattableString.Invariant($"member{member}");

    private static LayerStack CreateShared(NetworkDescription description) =>
        TrunkKinds.Create(description.GetTrunk(SharedLayers), description.FeatureCount, HiddenLayers.Read(description.Sizes));

    /// <summary>A description may come from a file that lies.</summary>
    private static NetworkDescription Checked(NetworkDescription description)
    {
        void Require(bool valid, string problem)
        {
            if (!valid)
            {
                throw new FormatException($"A {KindName} network {problem}.");
            }
        }

        int width = TrunkKinds.GetOutputWidth(description.GetTrunk(SharedLayers), description.FeatureCount);
        Require(description.Members.Count is > 0 and <= MaximumNumberOfMembers, FormattableString.Invariant($"has {description.Members.Count} members; 1 to {MaximumNumberOfMembers} are possible"));
        foreach (NetworkDescription member in description.Members)
        {
            Require(member.Kind != KindName, "has a member of its own kind");
            Require(member.FeatureCount == width, FormattableString.Invariant($"has a member that reads {member.FeatureCount} inputs where there are {width}"));
            Require(member.OutputCounts.SequenceEqual(description.OutputCounts), "has a member with other outputs");
        }

        return description;
    }
}
