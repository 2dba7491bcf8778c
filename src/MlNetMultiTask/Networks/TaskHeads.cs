using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>The heads of a network: per task dense layers of its own, and its output.</summary>
internal sealed class TaskHeads
{
    /// <summary>The setting for the widths of a head's hidden layers.</summary>
    public const string Layers = "headLayers";

    private readonly DenseStack[] _heads;

    /// <param name="network">The network that they belong to: they become modules of it.</param>
    /// <param name="inputs">The width of their input.</param>
    /// <param name="hidden">What hidden layers are made of.</param>
    public TaskHeads(MultiTaskNetwork network, int inputs, HiddenLayers hidden)
    {
        NetworkDescription description = network.Description;
        _heads = [.. description.OutputCounts.Select(count => new DenseStack(inputs, description.GetSizes(Layers), count, hidden))];
        for (int task = 0; task < _heads.Length; task++)
        {
            network.register_module(Name(task), _heads[task]);
        }
    }

    public DenseStack this[int task] => _heads[task];

    public static NetworkSize Measure(NetworkDescription description, int inputs, HiddenLayers hidden)
    {
        int[] layers = description.GetSizes(Layers);
        return description.OutputCounts.Aggregate(default(NetworkSize), (sum, count) => sum + DenseStack.Measure(inputs, layers, count, hidden));
    }

    public IReadOnlyList<Parameter> GetParameters(int task) => _heads[task].Parameters;

    /// <summary>The raw outputs [B, K] per task; null for tasks that are not wanted.</summary>
    /// <param name="getInput">Gives a task's input [B, H].</param>
    /// <param name="active">Which tasks are wanted; null for all.</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    public torch.Tensor?[] Forward(Func<int, torch.Tensor> getInput, IReadOnlyList<bool>? active, Dropout? dropout) =>
        [.. _heads.Select((head, task) => active is null || active[task] ? head.Forward(getInput(task), dropout) : null)];

    public IEnumerable<NetworkLayer> DescribeLayers(int task) => _heads[task].DescribeLayers(Name(task), task);

    /// <summary>The layers of all heads.</summary>
    public IEnumerable<NetworkLayer> DescribeLayers() => Enumerable.Range(0, _heads.Length).SelectMany(DescribeLayers);

    private static string Name(int task) => FormattableString.Invariant($"head{task}");
}
