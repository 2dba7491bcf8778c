using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>The loss of rows against their hard and soft targets.</summary>
internal static class RowLosses
{
    /// <summary>
    /// The loss of each row, shape [B], never reduced. A row without a target has any finite value; the loop takes it out.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="raw">Raw outputs [B, K].</param>
    /// <param name="targets">The rows' targets.</param>
    public static torch.Tensor GetRowLosses(this PredictionTask task, torch.Tensor raw, TaskTargets targets)
    {
        torch.Tensor hard = task.GetLabelLosses(raw, targets);
        if (targets.Soft is not { } soft)
        {
            return hard;
        }

        torch.Tensor labelled = targets.LabelWeights is null ? hard : hard * targets.LabelWeights;

        // Of an output that the teacher does not know, its own value is the target: no loss, and no gradient.
        torch.Tensor other = soft.Known is null ? soft.Raw : torch.where(soft.Known, soft.Raw, raw.detach());
        torch.Tensor softened = task.GetSoftLosses(raw, other, soft.Temperature);
        torch.Tensor weighted = soft.RowWeights is null ? softened : softened * soft.RowWeights;
        return labelled.Times(soft.HardLabelWeight / soft.LabelledShare).Plus(weighted.Times(1f - soft.HardLabelWeight));
    }
}
