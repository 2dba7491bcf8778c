using System.Numerics.Tensors;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <content>What a step for one task alone would do to the losses of all.</content>
internal sealed partial class TorchEngine
{
    public double[,] LookAhead(Batch batch, IReadOnlyList<int> tasks, double learningRate)
    {
        using IDisposable scope = torch.NewDisposeScope();
        (NetworkOutputs? outputs, IReadOnlyList<torch.Tensor?> raw) = (_outputs, Outputs);
        float[] gradients = _parameters.GradientSpan.ToArray();
        float[] shared = _parameters.SharedValueSpan.ToArray();
        float[] buffers = _buffers.Export();
        double[,] affinities = new double[_tasks.Count, _tasks.Count];
        torch.Tensor?[] before = [];
        foreach (int i in tasks)
        {
            // Buffers that are put back are others than those that a graph has met.
            before = before.Length == 0 || _buffers.Count > 0 ? ComputeMeans(batch) : before;
            _parameters.GradientSpan.Clear();
            before[i]!.backward(retain_graph: true);
            _buffers.Import(buffers);
            TensorPrimitives.MultiplyAdd(_parameters.SharedGradientSpan, -(float)learningRate, _parameters.SharedValueSpan, _parameters.SharedValueSpan);
            using (torch.no_grad())
            {
                torch.Tensor?[] after = ComputeMeans(batch);
                foreach (int j in tasks)
                {
                    affinities[i, j] = 1 - (after[j]!.item<double>() / before[j]!.item<double>());
                }
            }

            shared.CopyTo(_parameters.SharedValueSpan);
            _buffers.Import(buffers);
        }

        gradients.CopyTo(_parameters.GradientSpan);
        (_outputs, Outputs) = (outputs, raw);
        return affinities;
    }

    /// <summary>The tasks' mean losses once more, with the masks of the step.</summary>
    private torch.Tensor?[] ComputeMeans(Batch batch)
    {
        _network.Dropout?.Seed(_maskSeed);
        return _objectives.GetMeans(batch, Forward(batch));
    }
}
