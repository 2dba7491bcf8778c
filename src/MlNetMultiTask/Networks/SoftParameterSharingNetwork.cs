using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A network per task, each with a trunk and a head of its own; what keeps them close is a term of the loss.</summary>
internal sealed class SoftParameterSharingNetwork : MultiTaskNetwork
{
    public const string KindName = "SoftParameterSharing";

    private const string TrunkLayers = "trunkLayers";
    private const string HeadLayers = "headLayers";

    private readonly DenseStack[] _trunks;
    private readonly DenseStack[] _heads;
    private IReadOnlyList<SharingPenalty> _penalties = [];

    public SoftParameterSharingNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        _trunks = [.. description.OutputCounts.Select(_ => new DenseStack(description.FeatureCount, description.GetSizes(TrunkLayers), null, hidden))];
        _heads = [.. description.OutputCounts.Select((count, i) => new DenseStack(_trunks[i].OutputWidth, description.GetSizes(HeadLayers), count, hidden))];
        for (int i = 0; i < _trunks.Length; i++)
        {
            register_module(FormattableString.Invariant($"trunk{i}"), _trunks[i]);
            register_module(FormattableString.Invariant($"head{i}"), _heads[i]);
        }
    }

    public override IReadOnlyList<Parameter> SharedParameters => [];

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyList<int> trunkLayers, IReadOnlyList<int> headLayers, HiddenLayers hidden)
    {
        var sizes = new Dictionary<string, int[]> { [TrunkLayers] = [.. trunkLayers], [HeadLayers] = [.. headLayers] };
        hidden.AddTo(sizes);
        return new NetworkDescription(KindName, featureCount, outputCounts, sizes);
    }

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static long CountParameters(NetworkDescription description)
    {
        int[] trunk = description.GetSizes(TrunkLayers);
        int[] head = description.GetSizes(HeadLayers);
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        int width = trunk.Length > 0 ? trunk[^1] : description.FeatureCount;
        long ofTrunk = DenseStack.CountParameters(description.FeatureCount, trunk, null, hidden);
        return description.OutputCounts.Aggregate(0L, (sum, count) => checked(sum + ofTrunk + DenseStack.CountParameters(width, head, count, hidden)));
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. _trunks[task].Parameters, .. _heads[task].Parameters];

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null) =>
        new(null, [.. _trunks.Select((_, i) => active is null || active[i] ? Forward(features, i) : null)]);

    /// <summary>Tasks with targets in some rows only are computed on these rows, all of them together.</summary>
    public override NetworkOutputs ForwardRows(torch.Tensor features, IReadOnlyList<bool> active, IReadOnlyList<long[]?> rows)
    {
        var raw = new torch.Tensor?[_trunks.Length];
        int[] partial = [.. Enumerable.Range(0, raw.Length).Where(i => active[i] && rows[i] is not null)];
        for (int i = 0; i < raw.Length; i++)
        {
            raw[i] = active[i] && (rows[i] is null || partial.Length == 1) ? Forward(features, i) : null;
        }

        if (partial.Length > 1)
        {
            ForwardTogether(features, partial, rows, raw);
        }

        return new NetworkOutputs(null, raw);
    }

    /// <summary>Keeps the tasks' networks close to one another in training; without this call, nothing does.</summary>
    /// <param name="strength">λ.</param>
    /// <param name="scope">Which parameters are kept close: all trunks; and, if wanted, heads with as many outputs.</param>
    /// <param name="weights">What each pair of tasks weighs [T, T]; null for 1.</param>
    public void KeepClose(double strength, SharingScope scope, double[,]? weights)
    {
        int[] all = [.. Enumerable.Range(0, _trunks.Length)];
        SharingPenalty Keep(IEnumerable<int> tasks, DenseStack[] stacks) => new(strength, [.. tasks], [.. tasks.Select(task => stacks[task].Parameters)], weights);

        _penalties = [Keep(all, _trunks)];
        if (scope == SharingScope.TrunkAndHeads)
        {
            _penalties = [.. _penalties, .. all.GroupBy(task => Description.OutputCounts[task]).Select(group => Keep(group, _heads))];
        }
    }

    public override void AddPenaltyGradient(IParameterBuffers buffers)
    {
        foreach (SharingPenalty penalty in _penalties)
        {
            penalty.AddGradient(buffers);
        }
    }

    public override double? GetParameterDistance(IParameterBuffers buffers) =>
        _penalties.Count == 0 ? null : _penalties.Sum(penalty => penalty.GetDistance(buffers));

    /// <summary>Each task's network begins as it would alone; so all trunks begin alike.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        for (int i = 0; i < _trunks.Length; i++)
        {
            IRandomSource own = random.Fork();
            _trunks[i].Initialize(own, null);
            _heads[i].Initialize(own, outputBiases[i]);
        }
    }

    private torch.Tensor Forward(torch.Tensor features, int task)
    {
        Dropout? dropout = training ? Dropout : null;
        return _heads[task].Forward(_trunks[task].Forward(features, dropout), dropout);
    }

    private void ForwardTogether(torch.Tensor features, int[] tasks, IReadOnlyList<long[]?> rows, torch.Tensor?[] raw)
    {
        Dropout? dropout = training ? Dropout : null;
        int longest = tasks.Max(task => rows[task]!.Length);
        long[] padded = new long[tasks.Length * longest];
        for (int i = 0; i < tasks.Length; i++)
        {
            // What is computed of the first row in the places that are left over is thrown away.
            rows[tasks[i]]!.CopyTo(padded, i * longest);
        }

        torch.Tensor input = features.index_select(0, torch.tensor(padded)).view(tasks.Length, longest, features.shape[1]);
        torch.Tensor shared = DenseStack.ForwardTogether([.. tasks.Select(task => _trunks[task])], input, dropout);
        foreach (IGrouping<int, int> group in Enumerable.Range(0, tasks.Length).GroupBy(i => Description.OutputCounts[tasks[i]]))
        {
            torch.Tensor own = group.Count() == tasks.Length ? shared : shared.index_select(0, torch.tensor(group.Select(i => (long)i).ToArray()));
            torch.Tensor outputs = DenseStack.ForwardTogether([.. group.Select(i => _heads[tasks[i]])], own, dropout);
            foreach ((int place, int i) in group.Index())
            {
                long[] of = rows[tasks[i]]!;
                torch.Tensor empty = torch.zeros(features.shape[0], group.Key, dtype: torch.float32, device: torch.CPU);
                raw[tasks[i]] = empty.index_copy(0, torch.tensor(of), outputs.select(0, place).narrow(0, 0, of.Length));
            }
        }
    }
}
