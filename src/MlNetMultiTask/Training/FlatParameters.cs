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

        SharedGradients = Gradients.narrow(0, 0, SharedCount).DetachFromDisposeScope();
        Parameters = all;
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters' values [P].</summary>
    public torch.Tensor Values { get; }

    /// <summary>The parameters' gradients [P]. To clear them, zero this buffer: zero_grad of a module would cut the views off.</summary>
    public torch.Tensor Gradients { get; }

    /// <summary>The number of shared parameters, which lie first.</summary>
    public long SharedCount { get; }

    /// <summary>The shared parameters' part of <see cref="Gradients"/>.</summary>
    public torch.Tensor SharedGradients { get; }

    /// <summary>Lets go of the buffers; the parameters keep their values, and lose their gradients.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            using torch.Tensor? gradient = parameter.grad;
            parameter.grad = null;
        }

        SharedGradients.Dispose();
        Gradients.Dispose();
        Values.Dispose();
    }
}
