using System.Numerics.Tensors;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// λ Σ_{i&lt;j} wᵢⱼ ‖θᵢ − θⱼ‖², the term that keeps parameters of several tasks close to one another. Its gradient is added in managed code, since torch would make a graph of some nodes
/// for each parameter of each task in every step. Where n tasks weigh w pair by pair, the term is λ w (n Σ ‖θᵢ‖² − ‖Σ θᵢ‖²), with the gradient 2 λ w n (θᵢ − θ̄); where weights differ, each
/// pair adds 2 λ wᵢⱼ (θᵢ − θⱼ).
/// </summary>
internal sealed class SharingPenalty
{
    private readonly double _strength;
    private readonly IReadOnlyList<IReadOnlyList<Parameter>> _parameters;
    private readonly IReadOnlyList<SharingGroup> _groups;
    private readonly float[] _means;
    private readonly float[] _differences;

    /// <param name="strength">λ.</param>
    /// <param name="tasks">The tasks' places in the weights.</param>
    /// <param name="parameters">Per task its parameters, of the same shapes in the same order.</param>
    /// <param name="weights">What each pair weighs [T, T]; null for 1.</param>
    public SharingPenalty(double strength, IReadOnlyList<int> tasks, IReadOnlyList<IReadOnlyList<Parameter>> parameters, double[,]? weights)
    {
        _strength = strength;
        _parameters = parameters;
        _groups = strength == 0 ? [] : [.. SharingGroup.Find(tasks, weights)];
        long largest = parameters[0].Select(parameter => parameter.numel()).DefaultIfEmpty(0).Max();
        _means = new float[largest];
        _differences = new float[largest];
    }

    /// <summary>Adds the term's gradient to the parameters' gradients.</summary>
    public void AddGradient(IParameterBuffers buffers)
    {
        foreach (SharingGroup group in _groups)
        {
            for (int position = 0; position < _parameters[0].Count; position++)
            {
                if (group.EvenWeight is { } weight)
                {
                    AddEven(buffers, group.Places, position, (float)(2 * _strength * weight * group.Places.Length));
                }
                else
                {
                    AddPairs(buffers, group.Pairs, position);
                }
            }
        }
    }

    /// <summary>Σ_{i&lt;j} ‖θᵢ − θⱼ‖², whatever the pairs weigh.</summary>
    public double GetDistance(IParameterBuffers buffers)
    {
        double sum = 0;
        for (int position = 0; position < _parameters[0].Count; position++)
        {
            double[] means = new double[_parameters[0][position].numel()];
            foreach (IReadOnlyList<Parameter> own in _parameters)
            {
                ReadOnlySpan<float> values = buffers.GetValues(own[position]);
                for (int i = 0; i < means.Length; i++)
                {
                    means[i] += (double)values[i] / _parameters.Count;
                }
            }

            foreach (IReadOnlyList<Parameter> own in _parameters)
            {
                ReadOnlySpan<float> values = buffers.GetValues(own[position]);
                for (int i = 0; i < means.Length; i++)
                {
                    double difference = values[i] - means[i];
                    sum += _parameters.Count * difference * difference;
                }
            }
        }

        return sum;
    }

    /// <summary>All numbers are taken relative to the first task's: so near parameters have exact differences, however large they are.</summary>
    private void AddEven(IParameterBuffers buffers, int[] places, int position, float factor)
    {
        ReadOnlySpan<float> first = buffers.GetValues(_parameters[places[0]][position]);
        Span<float> means = _means.AsSpan(0, first.Length);
        Span<float> differences = _differences.AsSpan(0, first.Length);
        means.Clear();
        foreach (int place in places)
        {
            TensorPrimitives.Subtract(buffers.GetValues(_parameters[place][position]), first, differences);
            TensorPrimitives.Add(means, differences, means);
        }

        TensorPrimitives.Divide(means, places.Length, means);
        foreach (int place in places)
        {
            Span<float> gradients = buffers.GetGradients(_parameters[place][position]);
            TensorPrimitives.Subtract(buffers.GetValues(_parameters[place][position]), first, differences);
            TensorPrimitives.Subtract(differences, means, differences);
            TensorPrimitives.MultiplyAdd(differences, factor, gradients, gradients);
        }
    }

    private void AddPairs(IParameterBuffers buffers, IReadOnlyList<(int First, int Second, double Weight)> pairs, int position)
    {
        foreach ((int first, int second, double weight) in pairs)
        {
            (Parameter one, Parameter other) = (_parameters[first][position], _parameters[second][position]);
            Span<float> differences = _differences.AsSpan(0, buffers.GetValues(one).Length);
            TensorPrimitives.Subtract(buffers.GetValues(one), buffers.GetValues(other), differences);
            float factor = (float)(2 * _strength * weight);
            TensorPrimitives.MultiplyAdd(differences, factor, buffers.GetGradients(one), buffers.GetGradients(one));
            TensorPrimitives.MultiplyAdd(differences, -factor, buffers.GetGradients(other), buffers.GetGradients(other));
        }
    }
}
