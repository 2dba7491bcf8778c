using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>The tasks' losses of a batch: what is optimised, and what is reported.</summary>
/// <param name="tasks">The tasks, in the order of the network's outputs.</param>
/// <param name="labelledShares">Per task, the share of training rows that have a label.</param>
/// <param name="frozen">Per task, whether it no longer learns; read in each step.</param>
internal sealed class TaskObjectives(IReadOnlyList<PredictionTask> tasks, IReadOnlyList<double> labelledShares, IReadOnlyList<bool> frozen)
{
    /// <summary>Computes the losses; those to optimise are null where a task is absent.</summary>
    public (StepLosses Step, torch.Tensor?[] Losses) Compute(Batch batch, NetworkOutputs outputs)
    {
        int count = tasks.Count;
        var objectives = new torch.Tensor?[count];
        var step = new StepLosses(new double[count], new bool[count], new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            if (outputs.Raw[i] is null)
            {
                continue;
            }

            (torch.Tensor losses, torch.Tensor? factors, double weight) = GetRows(batch, outputs, i);
            step.RowWeights[i] = weight;
            torch.Tensor? objective = null;
            double value = 0;
            if (weight > 0)
            {
                // The share of labelled rows, not the batch's own count, makes the mean unbiased: a lone label does
                // not weigh like a batch full of them.
                double share = batch.Targets[i].Soft is null ? labelledShares[i] : 1;
                torch.Tensor mean = (factors is null ? losses : losses * factors).mean();
                value = mean.item<float>();
                step.RowSums[i] = value * batch.RowCount;
                torch.Tensor? own = frozen[i] ? null : ExtraLosses.OfMembers(tasks[i], i, outputs, batch.Targets[i], factors);
                objective = own is null ? mean : mean.Plus(own);
                double factor = tasks[i].LossWeight / share;
                value = (own is null ? value : objective.item<float>()) * factor;
                objective = factor == 1 ? objective : objective.Times(factor);
            }

            // Of a task that weighs nothing only the metrics are wanted: its loss of 0 would be the one that methods look at most.
            if (frozen[i] || tasks[i].LossWeight == 0)
            {
                continue;
            }

            if (ExtraLosses.OfPeers(tasks[i], batch, batch.Targets[i], outputs.Raw[i]!) is { } peers)
            {
                torch.Tensor weighted = peers.Times(tasks[i].LossWeight);
                objective = objective is null ? weighted : objective.Plus(weighted);
                value = objective.item<float>();
            }

            objectives[i] = objective;
            step.Present[i] = objective is not null;
            step.Losses[i] = value;
        }

        return (step, objectives);
    }

    /// <summary>The losses l of a batch's rows [B]; their factors w m, null where all are 1; and Σ w m.</summary>
    public (torch.Tensor Losses, torch.Tensor? Factors, double Weight) GetRows(Batch batch, NetworkOutputs outputs, int task)
    {
        TaskTargets targets = batch.Targets[task];
        torch.Tensor losses = tasks[task].GetRowLosses(outputs.Raw[task]!, targets);

        // With a soft target, every row has a target.
        torch.Tensor? mask = targets.Soft is null ? targets.LabelWeights : null;
        torch.Tensor? factors = mask is null ? batch.RowWeights : batch.RowWeights is null ? mask : mask * batch.RowWeights;
        return (losses, factors, factors is null ? batch.RowCount : factors.sum().item<float>());
    }
}
