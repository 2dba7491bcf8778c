using TorchSharp;

namespace MlNetMultiTask;

/// <summary>What a network of your own computes of a batch of B rows.</summary>
public sealed class CustomNetworkOutputs
{
    /// <summary>Creates the outputs.</summary>
    /// <param name="raw">Per task its raw outputs [B, K].</param>
    /// <param name="tap">The last representation that the tasks share [B, H]; null where there is none.</param>
    /// <exception cref="ArgumentException">An output is null.</exception>
    public CustomNetworkOutputs(IReadOnlyList<torch.Tensor> raw, torch.Tensor? tap = null)
    {
        ArgumentNullException.ThrowIfNull(raw);
        Raw = raw.Contains(null!) ? throw new ArgumentException("The raw outputs of a task are null; each task needs a tensor [B, K].", nameof(raw)) : raw;
        Tap = tap;
    }

    /// <summary>
    /// Per task its raw outputs [B, K], <see cref="float"/>, before anything is made of them: logits of the classes, log-odds of yes, log-odds of each label of a set, and numbers on the
    /// standardised scale of the training labels (mean 0, deviation 1). The library adds the loss, and makes probabilities and numbers of the label's unit.
    /// </summary>
    public IReadOnlyList<torch.Tensor> Raw { get; }

    /// <summary>The last representation that the tasks share [B, H]; null where there is none. It changes nothing in training and scoring by itself: what looks at a network's inside looks here, as <see cref="BalancedGradients.OfRepresentation"/> does, for which all raw outputs must be computed of it.</summary>
    public torch.Tensor? Tap { get; }
}
