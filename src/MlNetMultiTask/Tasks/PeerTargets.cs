using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>What peers predict for a batch: targets beside the labels, each of which weighs the same (Zhang, Xiang, Hospedales, Lu 2018).</summary>
/// <param name="Raw">The peers' raw outputs [B, K]: at least one. No gradient flows into them.</param>
/// <param name="Weight">What the mean over peers weighs beside the loss against labels.</param>
internal sealed record PeerTargets(IReadOnlyList<torch.Tensor> Raw, double Weight)
{
    /// <summary>The loss of each row against the peers, shape [B].</summary>
    /// <param name="task">The task.</param>
    /// <param name="raw">The network's own raw outputs [B, K].</param>
    public torch.Tensor GetRowLosses(PredictionTask task, torch.Tensor raw)
    {
        torch.Tensor sum = task.GetSoftLosses(raw, Raw[0], 1);
        foreach (torch.Tensor other in Raw.Skip(1))
        {
            sum = sum.Plus(task.GetSoftLosses(raw, other, 1));
        }

        return sum.Times(Weight / Raw.Count);
    }
}
