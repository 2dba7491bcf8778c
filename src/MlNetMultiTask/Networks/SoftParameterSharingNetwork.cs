using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A network per task, each with a trunk and a head of its own; what keeps them close is a term of the loss.</summary>
internal sealed class SoftParameterSharingNetwork : PerTaskNetwork
{
    public const string KindName = "SoftParameterSharing";

    private IReadOnlyList<SharingPenalty> _penalties = [];

    public SoftParameterSharingNetwork(NetworkDescription description)
        : base(description)
    {
    }

    public override IReadOnlyList<Parameter> SharedParameters => [];

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription trunk, IReadOnlyList<int> headLayers, HiddenLayers hidden) =>
        Describe(KindName, featureCount, outputCounts, trunk, headLayers, hidden);

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static NetworkSize Measure(NetworkDescription description) => MeasureTrunksAndHeads(description);

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null) =>
        new(null, [.. Trunks.Select((_, i) => active is null || active[i] ? Forward(features, i) : null)]);

    /// <summary>Tasks with targets in some rows only are computed on these rows, all of them together.</summary>
    public override NetworkOutputs ForwardRows(torch.Tensor features, IReadOnlyList<bool> active, IReadOnlyList<long[]?> rows)
    {
        if (Trunks[0] is not DenseStack)
        {
            return new NetworkOutputs(null, [.. Trunks.Select((_, task) => active[task] ? ForwardSome(features, task, rows[task]) : null)]);
        }

        var raw = new torch.Tensor?[Trunks.Count];
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
        int[] all = [.. Enumerable.Range(0, Trunks.Count)];
        SharingPenalty Keep(IEnumerable<int> tasks, Func<int, LayerStack> of) => new(strength, [.. tasks], [.. tasks.Select(task => of(task).Parameters)], weights);

        _penalties = [Keep(all, task => Trunks[task])];
        if (scope == SharingScope.TrunkAndHeads)
        {
            _penalties = [.. _penalties, .. all.GroupBy(task => Description.OutputCounts[task]).Select(group => Keep(group, task => Heads[task]))];
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

    private torch.Tensor Forward(torch.Tensor features, int task)
    {
        Dropout? dropout = training ? Dropout : null;
        return Heads[task].Forward(Trunks[task].Forward(features, dropout), dropout);
    }

    /// <summary>The outputs of some rows, at their places among those of all; null for all rows.</summary>
    private torch.Tensor ForwardSome(torch.Tensor features, int task, long[]? rows)
    {
        if (rows is null)
        {
            return Forward(features, task);
        }

        torch.Tensor places = torch.tensor(rows);
        return Empty(features, Description.OutputCounts[task]).index_copy(0, places, Forward(features.index_select(0, places), task));
    }

    private static torch.Tensor Empty(torch.Tensor features, int outputs) => torch.zeros(features.shape[0], outputs, dtype: torch.float32, device: torch.CPU);

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
        torch.Tensor shared = DenseStack.ForwardTogether([.. tasks.Select(task => (DenseStack)Trunks[task])], input, dropout);
        foreach (IGrouping<int, int> group in Enumerable.Range(0, tasks.Length).GroupBy(i => Description.OutputCounts[tasks[i]]))
        {
            torch.Tensor own = group.Count() == tasks.Length ? shared : shared.index_select(0, torch.tensor(group.Select(i => (long)i).ToArray()));
            torch.Tensor outputs = DenseStack.ForwardTogether([.. group.Select(i => Heads[tasks[i]])], own, dropout);
            foreach ((int place, int i) in group.Index())
            {
                long[] of = rows[tasks[i]]!;
                raw[tasks[i]] = Empty(features, group.Key).index_copy(0, torch.tensor(of), outputs.select(0, place).narrow(0, 0, of.Length));
            }
        }
    }
}
