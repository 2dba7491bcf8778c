using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Training;

/// <summary>
/// All parameters of a network as views of one buffer, and their gradients as views of another, so that an update is one
/// pass whatever the number of layers. The shared parameters come first.
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    private readonly FlatBuffer _values;
    private readonly FlatBuffer _gradients;

    public FlatParameters(IReadOnlyList<Parameter> shared, IReadOnlyList<Parameter> others)
    {
        using IDisposable noGradient = torch.no_grad();
        using IDisposable scope = torch.NewDisposeScope();
        Parameter[] all = [.. shared, .. others];
        SharedCount = shared.Sum(parameter => parameter.numel());
        long total = all.Sum(parameter => parameter.numel());
        _values = new FlatBuffer(total);
        _gradients = new FlatBuffer(total);
        Decayed = new float[total];
        int offset = 0;
        foreach (Parameter parameter in all)
        {
            int count = (int)parameter.numel();
            long[] shape = parameter.shape;
            torch.Tensor place = Values.narrow(0, offset, count).view(shape);
            place.copy_(parameter);
            parameter.set_(place);
            parameter.grad = Gradients.narrow(0, offset, count).view(shape);
            Decayed.AsSpan(offset, count).Fill(shape.Length > 1 ? 1f : 0f);
            offset += count;
        }

        SharedGradients = Gradients.narrow(0, 0, SharedCount).DetachFromDisposeScope();
        Parameters = all;
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters' values [P].</summary>
    public torch.Tensor Values => _values.Tensor;

    /// <summary>The same numbers.</summary>
    public Span<float> ValueSpan => _values.Span;

    /// <summary>The parameters' gradients [P]. To clear them, clear the span: zero_grad of a module would cut the views off.</summary>
    public torch.Tensor Gradients => _gradients.Tensor;

    /// <summary>The same numbers.</summary>
    public Span<float> GradientSpan => _gradients.Span;

    /// <summary>1 for weights, which weight decay acts on; 0 for biases and gains of normalisation layers [P].</summary>
    public float[] Decayed { get; }

    /// <summary>The number of shared parameters, which lie first.</summary>
    public long SharedCount { get; }

    /// <summary>The shared parameters' part of <see cref="Gradients"/>.</summary>
    public torch.Tensor SharedGradients { get; }

    /// <summary>Where a task's own parameters lie in the buffers.</summary>
    public Range GetTaskRange(MultiTaskNetwork network, int task)
    {
        long start = SharedCount + Enumerable.Range(0, task).Sum(earlier => network.GetTaskParameters(earlier).Sum(parameter => parameter.numel()));
        long length = network.GetTaskParameters(task).Sum(parameter => parameter.numel());
        return (int)start..(int)(start + length);
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
        _gradients.Dispose();
        _values.Dispose();
    }
}
