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
        torch.Tensor softened = task.GetSoftLosses(raw, soft.Raw, soft.Temperature);
        return labelled.Times(soft.HardLabelWeight).Plus(softened.Times(1f - soft.HardLabelWeight));
    }
}
