using TorchSharp;
using static TorchSharp.torch.nn;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What a competent user writes by hand with TorchSharp: the baseline of the speed targets. Not to be slowed down.</summary>
internal sealed class PlainNetwork : Module<torch.Tensor, torch.Tensor[]>
{
    private readonly Module<torch.Tensor, torch.Tensor> _trunk;
    private readonly Module<torch.Tensor, torch.Tensor>[] _heads;

    public PlainNetwork(Workload workload)
        : base("plain")
    {
        int width = workload.FeatureCount;
        var layers = new List<Module<torch.Tensor, torch.Tensor>>();
        foreach (int next in workload.SharedLayers)
        {
            layers.Add(Linear(width, next));
            layers.Add(ReLU());
            width = next;
        }

        _trunk = Sequential(layers);
        _heads = [.. workload.Classes.Select(classes => MakeHead(width, workload.HeadLayers, classes))];
        RegisterComponents();
        for (int i = 0; i < _heads.Length; i++)
        {
            register_module($"head{i}", _heads[i]);
        }
    }

    public override torch.Tensor[] forward(torch.Tensor input)
    {
        torch.Tensor shared = _trunk.forward(input);
        return [.. _heads.Select(head => head.forward(shared))];
    }

    /// <summary>One epoch over the rows in the given order, full batches only.</summary>
    public double RunEpoch(torch.optim.Optimizer adam, torch.Tensor features, torch.Tensor[] labels, long[] order, int batchSize)
    {
        double total = 0;
        int steps = order.Length / batchSize;
        for (int step = 0; step < steps; step++)
        {
            using IDisposable scope = torch.NewDisposeScope();
            torch.Tensor rows = torch.tensor(order.AsSpan(step * batchSize, batchSize).ToArray());
            torch.Tensor[] outputs = forward(features.index_select(0, rows));
            torch.Tensor loss = functional.cross_entropy(outputs[0], labels[0].index_select(0, rows));
            for (int i = 1; i < outputs.Length; i++)
            {
                loss += functional.cross_entropy(outputs[i], labels[i].index_select(0, rows));
            }

            adam.zero_grad();
            loss.backward();
            adam.step();
            total += loss.item<float>();
        }

        return total / steps;
    }

    private static Module<torch.Tensor, torch.Tensor> MakeHead(int width, int[] hidden, int classes)
    {
        var layers = new List<Module<torch.Tensor, torch.Tensor>>();
        foreach (int next in hidden)
        {
            layers.Add(Linear(width, next));
            layers.Add(ReLU());
            width = next;
        }

        layers.Add(Linear(width, classes));
        return Sequential(layers);
    }
}
