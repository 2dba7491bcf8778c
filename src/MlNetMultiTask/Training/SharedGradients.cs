using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>
/// The tasks' gradients of what they share, one by one, and their combination. Each task's loss goes backward once, and what serves one task alone gets its gradient on the way.
/// </summary>
internal abstract class SharedGradients(FlatParameters parameters)
{
    /// <summary>The parameters, and where their gradients go.</summary>
    protected FlatParameters Parameters { get; } = parameters;

    /// <summary>The tasks' gradients.</summary>
    protected GradientRows Rows { get; } = new();

    /// <summary>Begins an epoch.</summary>
    public virtual void BeginEpoch()
    {
    }

    /// <summary>Computes the gradients, and their inner products [T, T]; 0 for a task without a loss.</summary>
    /// <param name="outputs">What the network computed.</param>
    /// <param name="losses">The tasks' losses; null where there is none.</param>
    /// <param name="keepsGraph">Whether other backward passes through the same outputs follow.</param>
    public abstract double[,] Compute(NetworkOutputs outputs, IReadOnlyList<torch.Tensor?> losses, bool keepsGraph);

    /// <summary>Makes the sum of the gradients with these weights the gradient of the shared parameters.</summary>
    public abstract void Combine(ReadOnlySpan<double> weights, bool keepsGraph);
}
