using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// λ Σ_{i&lt;j} wᵢⱼ ‖θᵢ − θⱼ‖², the term that keeps the networks of several tasks close to one another, and its distance. Where n tasks weigh w pair by pair, it is
/// λ w (n Σ ‖θᵢ‖² − ‖Σ θᵢ‖²), which is computed as λ w n Σ ‖θᵢ − θ̄‖²: the same number, without the difference of two large ones where the networks are close.
/// Other weights make Σ (LΘ)·Θ, with the graph's Laplacian L, also of the differences from the mean, which L does not see.
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

        torch.Tensor? total = null;
        foreach (SharingGroup group in SharingGroup.Find(tasks, weights))
        {
            torch.Tensor squares = GetSquares(group, [.. group.Places.SelectMany(place => parameters[place]).Select(parameter => parameter.flatten())]);
            total = total is null ? squares : total.Plus(squares);
        }

        return total?.Times(strength);
    }

    /// <summary>Σ_{i&lt;j} ‖θᵢ − θⱼ‖², whatever the pairs weigh.</summary>
    public static double GetDistance(IReadOnlyList<IReadOnlyList<Parameter>> parameters)
    {
        double sum = 0;
        for (int position = 0; parameters.Count > 1 && position < parameters[0].Count; position++)
        {
            float[][] values = [.. parameters.Select(own => Read(own[position]))];
            double[] means = new double[values[0].Length];
            foreach (float[] own in values)
            {
                for (int i = 0; i < means.Length; i++)
                {
                    means[i] += (double)own[i] / values.Length;
                }
            }

            foreach (float[] own in values)
            {
                for (int i = 0; i < means.Length; i++)
                {
                    double difference = own[i] - means[i];
                    sum += values.Length * difference * difference;
                }
            }
        }

        return sum;
    }

    /// <summary>Σ_{i&lt;j} wᵢⱼ ‖θᵢ − θⱼ‖² of a group, of its parameters task by task.</summary>
    private static torch.Tensor GetSquares(SharingGroup group, IList<torch.Tensor> parameters)
    {
        int count = group.Places.Length;
        torch.Tensor rows = torch.cat(parameters).view(count, -1);
        torch.Tensor centred = rows - rows.mean([0], keepdim: true);
        return group.Laplacian is { } laplacian
            ? (torch.tensor(laplacian, [count, count]).matmul(centred) * centred).sum()
            : centred.Squared().sum().Times(group.EvenWeight * count);
    }

    private static float[] Read(Parameter parameter)
    {
        using IDisposable scope = torch.NewDisposeScope();
        return parameter.detach().contiguous().AsSpan().ToArray();
    }
}
