using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>The gradients with respect to all shared parameters, as one vector.</summary>
internal sealed class ParameterGradients(FlatParameters parameters) : SharedGradients(parameters)
{
    public override double[,] Compute(NetworkOutputs outputs, IReadOnlyList<torch.Tensor?> losses, bool keepsGraph)
    {
        Span<float> shared = Parameters.SharedGradientSpan;
        Parameters.GradientSpan.Clear();
        Rows.Begin(losses.Count, shared.Length);
        for (int i = 0; i < losses.Count; i++)
        {
            if (losses[i] is { } loss)
            {
                shared.Clear();
                loss.backward(retain_graph: keepsGraph || losses.Skip(i + 1).Any(later => later is not null));
                shared.CopyTo(Rows.Fill(i));
            }
        }

        return Rows.GetProducts();
    }

    public override void Combine(ReadOnlySpan<double> weights, bool keepsGraph) => Rows.Combine(weights, 0, Parameters.SharedGradientSpan);
}
