using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>What several kinds of tasks do alike with label values and losses.</summary>
internal static class TaskMath
{
    /// <summary>A classifier can't be trained on one class.</summary>
    public static void RequireTwoClasses(PredictionTask task, ReadOnlySpan<float> values)
    {
        float first = float.NaN;
        foreach (float value in values)
        {
            if (float.IsNaN(first))
            {
                first = value;
            }
            else if (value != first && !float.IsNaN(value))
            {
                return;
            }
        }

        throw new ArgumentException(
            $"Label column '{task.LabelColumnName}' of task '{task.Name}' has rows of one class only in the training data; "
            + "a classifier needs at least two. Leave the task out, or train on data that has both.");
    }

    /// <summary>Per slot the log-odds of 1 among the labelled rows, smoothed by one row of each.</summary>
    public static float[] GetLogOdds(ReadOnlySpan<float> values, int width)
    {
        double[] ones = new double[width];
        double[] zeros = new double[width];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == 1f)
            {
                ones[i % width]++;
            }
            else if (values[i] == 0f)
            {
                zeros[i % width]++;
            }
        }

        return [.. ones.Zip(zeros, (one, zero) => (float)Math.Log((one + 1) / (zero + 1)))];
    }

    /// <summary>Brings losses of slots [B, W] to losses of rows [B]: their mean over labelled slots.</summary>
    public static torch.Tensor ReduceSlots(torch.Tensor losses, TaskTargets targets) =>
        targets.SlotWeights is null ? losses.mean([1]) : (losses * targets.SlotWeights).sum(1);

    /// <summary>T² times the Kullback-Leibler divergence between yes/no distributions, per slot.</summary>
    public static torch.Tensor GetBernoulliDivergence(torch.Tensor raw, torch.Tensor other, float temperature)
    {
        torch.Tensor ours = raw / temperature;
        torch.Tensor theirs = other / temperature;
        torch.Tensor p = theirs.sigmoid();
        torch.Tensor yes = torch.nn.functional.logsigmoid(theirs) - torch.nn.functional.logsigmoid(ours);
        torch.Tensor no = torch.nn.functional.logsigmoid(-theirs) - torch.nn.functional.logsigmoid(-ours);
        return ((p * yes) + ((1 - p) * no)) * (temperature * temperature);
    }
}
