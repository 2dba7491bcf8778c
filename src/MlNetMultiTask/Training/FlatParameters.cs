using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Training;

/// <summary>
/// All parameters of a network as views of one buffer, and their gradients as views of another, so that an update is a
/// few operations whatever the number of layers. The shared parameters come first.
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    public FlatParameters(IReadOnlyList<Parameter> shared, IReadOnlyList<Parameter> others)
    {
        using IDisposable noGradient = torch.no_grad();
        using IDisposable scope = torch.NewDisposeScope();
        Parameter[] all = [.. shared, .. others];
        SharedCount = shared.Sum(parameter => parameter.numel());
        Values = torch.cat([.. all.Select(parameter => parameter.detach().reshape(-1))]).DetachFromDisposeScope();
        Gradients = torch.zeros_like(Values).DetachFromDisposeScope();
        long offset = 0;
        foreach (Parameter parameter in all)
        {
            long count = parameter.numel();
            long[] shape = parameter.shape;
            parameter.set_(Values.narrow(0, offset, count).view(shape));
            parameter.grad = Gradients.narrow(0, offset, count).view(shape);
            offset += count;
        }

        Decayed = torch.cat([.. all.Select(parameter => parameter.dim() > 1 ? torch.ones(parameter.numel(), dtype: torch.float32, device: torch.CPU) : torch.zeros(parameter.numel(), dtype: torch.float32, device: torch.CPU))]).DetachFromDisposeScope();
        SharedGradients = Gradients.narrow(0, 0, SharedCount).DetachFromDisposeScope();
        Parameters = all;
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters' values [P].</summary>
    public torch.Tensor Values { get; }

    /// <summary>The parameters' gradients [P]. To clear them, zero this buffer: zero_grad of a module would cut the views off.</summary>
    public torch.Tensor Gradients { get; }

    /// <summary>1 for weights, which weight decay acts on; 0 for biases and gains of normalisation layers [P].</summary>
    public torch.Tensor Decayed { get; }

    /// <summary>The number of shared parameters, which lie first.</summary>
    public long SharedCount { get; }

    /// <summary>The shared parameters' part of <see cref="Gradients"/>.</summary>
    public torch.Tensor SharedGradients { get; }

    /// <summary>Where a task's own parameters lie in the buffers.</summary>
    public (long Start, long Length) GetTaskRange(MultiTaskNetwork network, int task)
    {
        IReadOnlyList<Parameter> own = network.GetTaskParameters(task);
        long start = SharedCount + Enumerable.Range(0, task).Sum(earlier => network.GetTaskParameters(earlier).Sum(parameter => parameter.numel()));
        return (start, own.Sum(parameter => parameter.numel()));
    }

    /// <summary>Lets go of the buffers; the parameters keep their values, and lose their gradients.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            using torch.Tensor? gradient = parameter.grad;
            parameter.grad = null;
        }

        SharedGradients.Dispose();
        Decayed.Dispose();
        Gradients.Dispose();
        Values.Dispose();
    }
}
