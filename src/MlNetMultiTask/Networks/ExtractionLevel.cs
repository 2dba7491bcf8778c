using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// One level of progressive layered extraction: experts of each task, experts that all share, and a gate per task that mixes its own and the shared ones (customized gate control); below
/// the last level, a gate of the shared experts too, which mixes all.
/// </summary>
internal sealed class ExtractionLevel : torch.nn.Module
{
    private readonly LayerStack[][] _own;
    private readonly LayerStack[] _shared;
    private readonly Gate[] _gates;
    private readonly Gate? _sharedGate;

    /// <param name="inputs">The width of the input.</param>
    /// <param name="expert">What experts are made of.</param>
    /// <param name="hidden">What their hidden layers are made of.</param>
    /// <param name="sizes">How many tasks and experts there are.</param>
    /// <param name="hasSharedGate">Whether a gate mixes all for the shared experts of the next level.</param>
    public ExtractionLevel(int inputs, TrunkDescription expert, HiddenLayers hidden, ExtractionSizes sizes, bool hasSharedGate)
        : base(nameof(ExtractionLevel))
    {
        LayerStack[] Create(int count, string name)
        {
            LayerStack[] experts = [.. Enumerable.Range(0, count).Select(_ => TrunkKinds.Create(expert, inputs, hidden))];
            for (int i = 0; i < experts.Length; i++)
            {
                register_module(FormattableString.Invariant($"{name}expert{i}"), experts[i]);
            }

            return experts;
        }

        Gate Open(int experts, string name)
        {
            var gate = new Gate(inputs, experts);
            register_module(name + "gate", gate);
            return gate;
        }

        _shared = Create(sizes.SharedExperts, "shared");
        _own = [.. Enumerable.Range(0, sizes.Tasks).Select(task => Create(sizes.TaskExperts, TaskName(task)))];
        _gates = [.. Enumerable.Range(0, sizes.Tasks).Select(task => Open(sizes.TaskExperts + sizes.SharedExperts, TaskName(task)))];
        _sharedGate = hasSharedGate ? Open((sizes.Tasks * sizes.TaskExperts) + sizes.SharedExperts, "shared") : null;
        OutputWidth = TrunkKinds.GetOutputWidth(expert, inputs);
    }

    public int OutputWidth { get; }

    public IReadOnlyList<Parameter> SharedParameters => [.. _shared.SelectMany(expert => expert.Parameters), .. _sharedGate?.Parameters ?? []];

    public IReadOnlyList<Parameter> LastSharedParameters => [.. _shared.SelectMany(expert => expert.LastParameters)];

    public static NetworkSize Measure(int inputs, TrunkDescription expert, HiddenLayers hidden, ExtractionSizes sizes, bool hasSharedGate)
    {
        long own = checked((long)sizes.Tasks * sizes.TaskExperts);
        long all = checked(own + sizes.SharedExperts);
        NetworkSize gates = sizes.Tasks * Gate.Measure(inputs, (long)sizes.TaskExperts + sizes.SharedExperts);
        return (all * TrunkKinds.Measure(expert, inputs, hidden)) + gates + (hasSharedGate ? Gate.Measure(inputs, all) : default);
    }

    public IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. _own[task].SelectMany(expert => expert.Parameters), .. _gates[task].Parameters];

    /// <summary>What the gates mix, in the order in which <see cref="Forward"/> gives their weights.</summary>
    public IEnumerable<GateDescription> DescribeGates(int level)
    {
        IEnumerable<(int? Task, int Number)> Number(int? task, int count) => Enumerable.Range(1, count).Select(number => (task, number));

        IEnumerable<(int? Task, int Number)> shared = Number(null, _shared.Length);
        IEnumerable<GateDescription> own = _gates.Select((_, task) => new GateDescription(level, task, [.. Number(task, _own[task].Length), .. shared]));
        return _sharedGate is null ? own : own.Append(new GateDescription(level, null, [.. _own.SelectMany((experts, task) => Number(task, experts.Length)), .. shared]));
    }

    /// <summary>Computes what the tasks and the shared experts go on with.</summary>
    /// <param name="inputs">Per task its input [B, F].</param>
    /// <param name="shared">The input of the shared experts [B, F].</param>
    /// <param name="active">Which tasks are wanted; null for all. With a shared gate, all are.</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    /// <returns>Per task its mixture [B, H], null where it is not wanted; that of all, null without a shared gate; and what each gate gave.</returns>
    public (torch.Tensor?[] Tasks, torch.Tensor? Shared, IReadOnlyList<torch.Tensor?> Gates) Forward(
        IReadOnlyList<torch.Tensor> inputs, torch.Tensor shared, IReadOnlyList<bool>? active, Dropout? dropout)
    {
        torch.Tensor[] common = [.. _shared.Select(expert => expert.Forward(shared, dropout))];
        var tasks = new torch.Tensor?[_gates.Length];
        var gates = new List<torch.Tensor?>();
        var all = new List<torch.Tensor>();
        for (int i = 0; i < tasks.Length; i++)
        {
            if (active is not null && !active[i] && _sharedGate is null)
            {
                gates.Add(null);
                continue;
            }

            torch.Tensor[] own = [.. _own[i].Select(expert => expert.Forward(inputs[i], dropout))];
            all.AddRange(own);
            torch.Tensor weights = _gates[i].Forward(inputs[i]).Weights;
            gates.Add(weights);
            tasks[i] = Gate.Mix(weights, torch.stack([.. own, .. common], 1));
        }

        if (_sharedGate is null)
        {
            return (tasks, null, gates);
        }

        torch.Tensor sharedWeights = _sharedGate.Forward(shared).Weights;
        return (tasks, Gate.Mix(sharedWeights, torch.stack([.. all, .. common], 1)), [.. gates, sharedWeights]);
    }

    /// <summary>Initializes one task's part: its first expert by numbers in common with what follows, the rest by numbers of their own.</summary>
    /// <param name="task">The task.</param>
    /// <param name="random">The source for the first expert.</param>
    /// <param name="next">Gives a source of its own for each of the others, and for the gate.</param>
    public void InitializeTask(int task, IRandomSource random, Func<IRandomSource> next)
    {
        foreach ((int i, LayerStack expert) in _own[task].Index())
        {
            expert.Initialize(i == 0 ? random : next());
        }

        _gates[task].Initialize(next());
    }

    /// <summary>Initializes the shared part.</summary>
    /// <param name="next">Gives a source of its own for each expert, and for the gate.</param>
    public void InitializeShared(Func<IRandomSource> next)
    {
        Array.ForEach(_shared, expert => expert.Initialize(next()));
        _sharedGate?.Initialize(next());
    }

    public IEnumerable<NetworkLayer> DescribeLayers(string name) =>
    [
        .. _shared.SelectMany((expert, i) => expert.DescribeLayers(FormattableString.Invariant($"{name}/sharedexpert{i}"), null)),
        .. _own.SelectMany((own, task) => own.SelectMany((expert, i) => expert.DescribeLayers(FormattableString.Invariant($"{name}/{TaskName(task)}expert{i}"), task))),
        .. _gates.Select((gate, task) => gate.Describe($"{name}/{TaskName(task)}gate", OutputWidth, task)),
        .. _sharedGate is null ? [] : new[] { _sharedGate.Describe($"{name}/sharedgate", OutputWidth, null) },
    ];

    protected override void RegisterComponents()
    {
    }

    private static string TaskName(int task) => FormattableString.Invariant($"task{task}");
}
