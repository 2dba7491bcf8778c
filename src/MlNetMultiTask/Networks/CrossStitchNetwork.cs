using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// A network per task; behind each stage of their trunks a cross-stitch unit, by which every task goes on with a mixture of what all have computed, x̃ᵢ = Σⱼ αᵢⱼ xⱼ (Misra et al. 2016).
/// </summary>
internal sealed class CrossStitchNetwork : MultiTaskNetwork
{
    public const string KindName = "CrossStitch";

    private const string TrunkLayers = "trunkLayers";

    private readonly LayerStack[] _trunks;
    private readonly TaskHeads _heads;

    /// <summary>Each α as a list, row by row: as a matrix it would be a weight that optimizers decay to 0, away from the identity.</summary>
    private readonly Parameter[] _units;

    private bool _learnsUnits = true;

    public CrossStitchNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        TrunkDescription trunk = description.GetTrunk(TrunkLayers);
        _trunks = [.. description.OutputCounts.Select(_ => TrunkKinds.Create(trunk, description.FeatureCount, hidden))];
        for (int i = 0; i < _trunks.Length; i++)
        {
            register_module(TrunkName(i), _trunks[i]);
        }

        _units = [.. Enumerable.Range(0, _trunks[0].StageCount).Select(_ => new Parameter(torch.zeros((long)_trunks.Length * _trunks.Length, dtype: torch.float32, device: torch.CPU)))];
        for (int stage = 0; stage < _units.Length; stage++)
        {
            register_parameter(UnitName(stage), _units[stage]);
        }

        _heads = new TaskHeads(this, _trunks[0].OutputWidth, hidden);
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

    public override IReadOnlyList<TaskMixture> Mixtures => [.. _units.Select((unit, stage) => new TaskMixture(UnitName(stage), ToMatrix(unit)))];

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription trunk, IReadOnlyList<int> headLayers, HiddenLayers hidden) =>
        NetworkDescription.Create(KindName, featureCount, outputCounts, TrunkLayers, trunk, [new(TaskHeads.Layers, [.. headLayers]), .. hidden.Sizes]);

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static long CountParameters(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        TrunkDescription trunk = description.GetTrunk(TrunkLayers);
        long tasks = description.OutputCounts.Count;
        return checked((tasks * TrunkKinds.CountParameters(trunk, description.FeatureCount, hidden))
            + (tasks * tasks * TrunkKinds.GetStageCount(trunk))
            + TaskHeads.CountParameters(description, TrunkKinds.GetOutputWidth(trunk, description.FeatureCount), hidden));
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. _trunks[task].Parameters, .. _heads.GetParameters(task)];

    public override IEnumerable<NetworkLayer> DescribeLayers()
    {
        long tasks = _trunks.Length;
        NetworkLayer DescribeUnit(int stage)
        {
            long[] shape = [tasks, _trunks[0].GetStageSize(stage)];
            return new NetworkLayer(UnitName(stage), "CrossStitchUnit", shape, shape, tasks * tasks, tasks * tasks * shape[1], null);
        }

        return [.. _trunks.SelectMany((trunk, task) => trunk.DescribeLayers(TrunkName(task), task)), .. Enumerable.Range(0, _units.Length).Select(DescribeUnit), .. _heads.DescribeLayers()];
    }

    /// <summary>All trunks are computed, since each task reads all of them; only heads are left out.</summary>
    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;
        torch.Tensor[] states = [.. _trunks.Select(_ => features)];
        for (int stage = 0; stage < _units.Length; stage++)
        {
            torch.Tensor stacked = torch.stack([.. _trunks.Select((trunk, i) => trunk.ForwardStage(stage, states[i], dropout))]);
            torch.Tensor unit = _units[stage].view(_trunks.Length, _trunks.Length);
            states = unit.matmul(stacked.flatten(1)).view(stacked.shape).unbind(0);
        }

        return new NetworkOutputs(null, _heads.Forward(task => states[task], active, dropout));
    }

    /// <summary>Each task's network begins as it would alone. So all trunks begin alike: what units add up are then units of the same meaning.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        for (int i = 0; i < _trunks.Length; i++)
        {
            IRandomSource own = random.Fork();
            _trunks[i].Initialize(own);
            _heads[i].Initialize(own, outputBiases[i]);
        }

        int tasks = _trunks.Length;
        double other = tasks > 1 ? (1 - SelfWeight) / (tasks - 1) : 0;
        double self = tasks > 1 ? SelfWeight : 1;
        float[] first = [.. Enumerable.Range(0, tasks * tasks).Select(i => (float)(i / tasks == i % tasks ? self : other))];
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        Array.ForEach(_units, unit => unit.copy_(torch.tensor(first)));
    }

    private double[,] ToMatrix(Parameter unit)
    {
        int tasks = _trunks.Length;
        var matrix = new double[tasks, tasks];
        using torch.Tensor values = unit.detach();
        foreach ((int i, float value) in values.data<float>().ToArray().Index())
        {
            matrix[i / tasks, i % tasks] = value;
        }

        return matrix;
    }

    private static string TrunkName(int task) => FormattableString.Invariant($"trunk{task}");

    private static string UnitName(int stage) => FormattableString.Invariant($"unit{stage}");
}
