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
                torch.Tensor mean = (factors is null ? losses : losses * factors).mean();
                value = mean.item<float>();
                step.RowSums[i] = value * batch.RowCount;
                torch.Tensor? own = frozen[i] ? null : ExtraLosses.OfMembers(tasks[i], i, outputs, batch.Targets[i], factors);
                objective = own is null ? mean : mean.Plus(own);
                double factor = tasks[i].LossWeight / GetShare(batch, i);
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

    /// <summary>The losses against targets, as unbiased means Σ w m l / (B · share) in double precision, before loss weights and without what others add; null where a task has no target in the batch.</summary>
    public torch.Tensor?[] GetMeans(Batch batch, NetworkOutputs outputs)
    {
        torch.Tensor? GetMean(int task)
        {
            if (outputs.Raw[task] is null)
            {
                return null;
            }

            (torch.Tensor losses, torch.Tensor? factors, double weight) = GetRows(batch, outputs, task);
            return weight > 0 ? (factors is null ? losses : losses * factors).to(torch.ScalarType.Float64).mean().Times(1 / GetShare(batch, task)) : null;
        }

        return [.. tasks.Select((_, task) => GetMean(task))];
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

    /// <summary>The share of labelled rows, not the batch's own count, makes a mean unbiased: a lone label does not weigh like a batch full of them.</summary>
    private double GetShare(Batch batch, int task) => batch.Targets[task].Soft is null ? labelledShares[task] : 1;
}
