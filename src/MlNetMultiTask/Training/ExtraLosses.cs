using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>What is added to a task's loss against its targets before it is optimised. The losses that are reported are without.</summary>
internal static class ExtraLosses
{
    /// <summary>What the outputs of peers add, in the mean over all rows: there is one for each, label or not. Null without peers.</summary>
    public static torch.Tensor? OfPeers(PredictionTask task, Batch batch, TaskTargets targets, torch.Tensor raw)
    {
        if (targets.Peers is not { } peers)
        {
            return null;
        }

        torch.Tensor losses = peers.GetRowLosses(task, raw);
        return (batch.RowWeights is { } weights ? losses * weights : losses).mean();
    }

    /// <summary>What the own losses of several networks add of which the network is made: their mean, by its weight. Null where they do not count.</summary>
    /// <param name="task">The task.</param>
    /// <param name="index">Its number among the network's outputs.</param>
    /// <param name="outputs">What the network computed.</param>
    /// <param name="targets">The task's targets.</param>
    /// <param name="factors">The factors of rows [B]; null where all are 1.</param>
    public static torch.Tensor? OfMembers(PredictionTask task, int index, NetworkOutputs outputs, TaskTargets targets, torch.Tensor? factors)
    {
        torch.Tensor? sum = null;
        foreach (IReadOnlyList<torch.Tensor?> raw in outputs.Members)
        {
            torch.Tensor losses = task.GetRowLosses(raw[index]!, targets);
            torch.Tensor mean = (factors is null ? losses : losses * factors).mean();
            sum = sum is null ? mean : sum.Plus(mean);
        }

        return sum?.Times(outputs.OwnLossWeight / outputs.Members.Count);
    }
}
