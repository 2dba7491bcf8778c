using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// λ Σ_{i&lt;j} wᵢⱼ ‖θᵢ − θⱼ‖², the term that keeps the networks of several tasks close to one another, and its distance. With all weights 1 it is
/// λ (T Σ ‖θᵢ‖² − ‖Σ θᵢ‖²), which is computed as λ T Σ ‖θᵢ − θ̄‖²: the same number, without the difference of two large ones where the networks are close.
/// </summary>
/// <param name="strength">λ.</param>
/// <param name="weights">What each pair weighs [T, T]; null for 1.</param>
internal sealed class SharingPenalty(double strength, double[,]? weights)
{
    /// <summary>The term for tasks of the same parameters; null where it is 0.</summary>
    /// <param name="tasks">The tasks' places in the weights.</param>
    /// <param name="parameters">Per task its parameters, of the same shapes in the same order.</param>
    public torch.Tensor? Compute(IReadOnlyList<int> tasks, IReadOnlyList<IReadOnlyList<Parameter>> parameters)
    {
        if (strength == 0 || tasks.Count < 2 || parameters[0].Count == 0)
        {
            return null;
        }

        torch.Tensor rows = torch.cat([.. parameters.SelectMany(own => own.Select(parameter => parameter.flatten()))]).view(tasks.Count, -1);
        torch.Tensor squares = weights is null
            ? (rows - rows.mean([0], keepdim: true)).Squared().sum().Times(tasks.Count)
            : (GetLaplacian(tasks, weights).matmul(rows) * rows).sum();
        return squares.Times(strength);
    }

    /// <summary>Σ_{i&lt;j} ‖θᵢ − θⱼ‖², whatever the pairs weigh.</summary>
    public static double GetDistance(IReadOnlyList<IReadOnlyList<Parameter>> parameters)
    {
        double sum = 0;
        for (int position = 0; parameters.Count > 1 && position < parameters[0].Count; position++)
        {
            float[][] values = [.. parameters.Select(own => Read(own[position]))];
            for (int i = 0; i < values[0].Length; i++)
            {
                double mean = values.Average(own => (double)own[i]);
                sum += values.Length * values.Sum(own => (own[i] - mean) * (own[i] - mean));
            }
        }

        return sum;
    }

    /// <summary>L with ΣΣ θᵢ Lᵢⱼ θⱼ = Σ_{i&lt;j} wᵢⱼ (θᵢ − θⱼ)²: on the diagonal the sum of a task's weights, elsewhere the negative weights.</summary>
    private static torch.Tensor GetLaplacian(IReadOnlyList<int> tasks, double[,] weights)
    {
        int count = tasks.Count;
        float[] values = new float[count * count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                values[(i * count) + j] = (float)(i == j ? tasks.Sum(other => weights[tasks[i], other]) : -weights[tasks[i], tasks[j]]);
            }
        }

        return torch.tensor(values, [count, count]);
    }

    private static float[] Read(Parameter parameter)
    {
        using IDisposable scope = torch.NewDisposeScope();
        return parameter.detach().contiguous().AsSpan().ToArray();
    }
}
