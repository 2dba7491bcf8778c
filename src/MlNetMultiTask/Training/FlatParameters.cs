using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Training;

/// <summary>
/// All parameters of a network as views of one buffer, and their gradients as views of another, so that an update is one
/// pass whatever the number of layers. The shared parameters come first. Each begins at a place of full alignment: torch's matrix products
/// round otherwise elsewhere, and a network shall not depend on what lies before it in the buffer.
/// </summary>
internal sealed class FlatParameters : IParameterBuffers, IDisposable
{
    private const int Alignment = FlatBuffer.Alignment / sizeof(float);

    private readonly FlatBuffer _values;
    private readonly FlatBuffer _gradients;
    private readonly Dictionary<Parameter, (int Start, int Length)> _places = new(ReferenceEqualityComparer.Instance);

    public FlatParameters(IReadOnlyList<Parameter> shared, IReadOnlyList<Parameter> others)
    {
        using IDisposable noGradient = torch.no_grad();
        using IDisposable scope = torch.NewDisposeScope();
        Parameter[] all = [.. shared, .. others];
        SharedCount = CountPlaces(shared);
        long total = CountPlaces(all);
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
            _places.Add(parameter, (offset, count));
            offset = (int)RoundUp(offset + count);
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

    /// <summary>The same numbers.</summary>
    public Span<float> SharedGradientSpan => GradientSpan[..(int)SharedCount];

    /// <summary>The shared parameters' part of <see cref="ValueSpan"/>.</summary>
    public Span<float> SharedValueSpan => ValueSpan[..(int)SharedCount];

    public ReadOnlySpan<float> GetValues(Parameter parameter) => ValueSpan.Slice(_places[parameter].Start, _places[parameter].Length);

    public Span<float> GetGradients(Parameter parameter) => GradientSpan.Slice(_places[parameter].Start, _places[parameter].Length);

    /// <summary>Those of some parameters that a backward pass reaches, which may change any gradient.</summary>
    public IReadOnlyList<Parameter> FindReached(IReadOnlyList<Parameter> parameters, Action backward)
    {
        foreach (Parameter parameter in parameters)
        {
            using torch.Tensor? view = parameter.grad;
            parameter.grad = null;
        }

        backward();
        var reached = new List<Parameter>();
        foreach (Parameter parameter in parameters)
        {
            using torch.Tensor? gradient = parameter.grad;
            if (gradient is not null)
            {
                reached.Add(parameter);
            }

            (int start, int length) = _places[parameter];
            parameter.grad = Gradients.narrow(0, start, length).view(parameter.shape);
        }

        return reached;
    }

    /// <summary>Where a task's own parameters lie in the buffers.</summary>
    public Range GetTaskRange(MultiTaskNetwork network, int task)
    {
        long start = SharedCount + Enumerable.Range(0, task).Sum(earlier => CountPlaces(network.GetTaskParameters(earlier)));
        long length = CountPlaces(network.GetTaskParameters(task));
        return (int)start..(int)(start + length);
    }

    /// <summary>Lets go of the buffers; the parameters keep their values, in memory of their own as after loading, and lose their gradients.</summary>
    public void Dispose()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (Parameter parameter in Parameters)
        {
            using torch.Tensor? gradient = parameter.grad;
            parameter.grad = null;
            using torch.Tensor view = parameter.detach();
            using torch.Tensor own = view.clone();
            parameter.set_(own);
        }

        SharedGradients.Dispose();
        _gradients.Dispose();
        _values.Dispose();
    }

    private static long CountPlaces(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => RoundUp(parameter.numel()));

    private static long RoundUp(long count) => (count + Alignment - 1) / Alignment * Alignment;
}
