using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// A network per task; behind each stage of their trunks a cross-stitch unit, by which every task goes on with a mixture of what all have computed, x̃ᵢ = Σⱼ αᵢⱼ xⱼ (Misra et al. 2016).
/// </summary>
internal sealed class CrossStitchNetwork : PerTaskNetwork
{
    public const string KindName = "CrossStitch";

    /// <summary>Each α as a list, row by row: as a matrix it would be a weight that optimizers decay to 0, away from the identity.</summary>
    private readonly Parameter[] _units;

    private bool _learnsUnits = true;

    public CrossStitchNetwork(NetworkDescription description)
        : base(description)
    {
        _units = [.. Enumerable.Range(0, Trunks[0].StageCount).Select(_ => new Parameter(torch.zeros((long)Trunks.Count * Trunks.Count, dtype: torch.float32, device: torch.CPU)))];
        for (int stage = 0; stage < _units.Length; stage++)
        {
            register_parameter(UnitName(stage), _units[stage]);
        }
    }

    /// <summary>What units begin with: a task's own activations weigh this, and the others' the rest in equal parts.</summary>
    public double SelfWeight { get; set; } = 1;

    /// <summary>Whether the units are learned; otherwise they stay as they begin.</summary>
    public bool LearnsUnits
    {
        get => _learnsUnits;
        set
        {
            _learnsUnits = value;
            Array.ForEach(_units, unit => unit.requires_grad_(value));
        }
    }

    public override IReadOnlyList<Parameter> SharedParameters => LearnsUnits ? _units : [];

    public override IReadOnlyList<Parameter> LastSharedParameters => LearnsUnits && _units is [.., var last] ? [last] : [];

    public override IReadOnlyList<TaskMixture> Mixtures => [.. _units.Select((unit, stage) => new TaskMixture(UnitName(stage), ToMatrix(unit)))];

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription trunk, IReadOnlyList<int> headLayers, HiddenLayers hidden) =>
        Describe(KindName, featureCount, outputCounts, trunk, headLayers, hidden);

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        long tasks = description.OutputCounts.Count;
        return MeasureTrunksAndHeads(description) + (TrunkKinds.GetStageCount(GetTrunk(description)) * new NetworkSize(tasks * tasks, 1));
    }

    public override IEnumerable<NetworkLayer> DescribeLayers()
    {
        long tasks = Trunks.Count;
        NetworkLayer DescribeUnit(int stage)
        {
            long[] shape = [tasks, Trunks[0].GetStageSize(stage)];
            return new NetworkLayer(UnitName(stage), "CrossStitchUnit", shape, shape, tasks * tasks, tasks * tasks * shape[1], null);
        }

        return [.. base.DescribeLayers(), .. Enumerable.Range(0, _units.Length).Select(DescribeUnit)];
    }

    /// <summary>All trunks are computed, since each task reads all of them; only heads are left out.</summary>
    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;
        torch.Tensor[] states = [.. Trunks.Select(_ => features)];
        for (int stage = 0; stage < _units.Length; stage++)
        {
            torch.Tensor stacked = torch.stack([.. Trunks.Select((trunk, i) => trunk.ForwardStage(stage, states[i], dropout))]);
            torch.Tensor unit = _units[stage].view(Trunks.Count, Trunks.Count);
            states = unit.matmul(stacked.flatten(1)).view(stacked.shape).unbind(0);
        }

        return new NetworkOutputs(null, Heads.Forward(task => states[task], active, dropout));
    }

    /// <summary>All trunks begin alike: so what units add up are units of the same meaning.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        base.Initialize(random, outputBiases);
        int tasks = Trunks.Count;
        double other = tasks > 1 ? (1 - SelfWeight) / (tasks - 1) : 0;
        double self = tasks > 1 ? SelfWeight : 1;
        float[] first = [.. Enumerable.Range(0, tasks * tasks).Select(i => (float)(i / tasks == i % tasks ? self : other))];
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        Array.ForEach(_units, unit => unit.copy_(torch.tensor(first)));
    }

    private double[,] ToMatrix(Parameter unit)
    {
        int tasks = Trunks.Count;
        var matrix = new double[tasks, tasks];
        using torch.Tensor values = unit.detach();
        foreach ((int i, float value) in values.data<float>().ToArray().Index())
        {
            matrix[i / tasks, i % tasks] = value;
        }

        return matrix;
    }

    private static string UnitName(int stage) => FormattableString.Invariant($"unit{stage}");
}
