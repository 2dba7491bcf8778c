using MlNetMultiTask.Interop;
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

    /// <summary>Per slot the log-odds of 1 among the labelled rows, each as often as it weighs, smoothed by one row of each.</summary>
    public static float[] GetLogOdds(ReadOnlySpan<float> values, int width, LabelWeights? weights)
    {
        double[] ones = new double[width];
        double[] zeros = new double[width];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == 1f)
            {
                ones[i % width] += weights?.Of(i / width, i % width, 1f) ?? 1;
            }
            else if (values[i] == 0f)
            {
                zeros[i % width] += weights?.Of(i / width, i % width, 0f) ?? 1;
            }
        }

        return [.. ones.Zip(zeros, (one, zero) => (float)Math.Log((one + 1) / (zero + 1)))];
    }

    /// <summary>The index of the highest value; of equals the first.</summary>
    public static int IndexOfMaximum(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }

        return best;
    }

    public static float GetMean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return (float)(sum / values.Length);
    }

    /// <summary>What each class or label weighs, by the names that the user gave; 1 where he gave none.</summary>
    /// <exception cref="ArgumentException">A name is none of the labels'.</exception>
    public static double[] GetWeightsByName(PredictionTask task, LabelInfo info)
    {
        IReadOnlyDictionary<string, float> weights = task.ClassWeights!.ByName!;
        string[] names = [.. info.Names?.Texts ?? []];
        return weights.Keys.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new ArgumentException(
                $"The class weights of task '{task.Name}' name '{unknown}', which label column '{task.LabelColumnName}' does not have: "
                + (names.Length == 0 ? "its classes have no names." : $"its classes are {TaskColumns.Describe(names)}."))
            : [.. names.Select(name => (double)weights.GetValueOrDefault(name, 1f))];
    }

    /// <summary>Per slot the weights of no and yes.</summary>
    public static float[][] GetYesNoWeights(PredictionTask task, LabelInfo info, ReadOnlySpan<float> values, int width)
    {
        var counts = new long[width][];
        for (int slot = 0; slot < width; slot++)
        {
            counts[slot] = new long[2];
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i]))
            {
                counts[i % width][(int)values[i]]++;
            }
        }

        ClassWeights weights = task.ClassWeights!;
        double[]? byName = weights.ByName is null ? null : GetWeightsByName(task, info);
        return [.. counts.Select((count, slot) => ClassWeights.Normalize(count, weights.IsBalanced ? ClassWeights.Invert(count) : [1, byName?[slot] ?? weights.PositiveWeight!.Value]))];
    }

    /// <summary>Brings labels of 0 and 1 a little nearer to one another.</summary>
    public static torch.Tensor Smooth(torch.Tensor labels, float smoothing) =>
        smoothing == 0f ? labels : labels.Times(1f - smoothing).Plus(smoothing / 2f);

    /// <summary>Brings losses of slots [B, W] to losses of rows [B]: their mean over labelled slots.</summary>
    public static torch.Tensor ReduceSlots(torch.Tensor losses, TaskTargets targets) =>
        targets.SlotWeights is null ? losses.mean([1]) : (losses * targets.SlotWeights).sum(1);

    /// <summary>T² times the Kullback-Leibler divergence between yes/no distributions, per slot.</summary>
    public static torch.Tensor GetBernoulliDivergence(torch.Tensor raw, torch.Tensor other, float temperature)
    {
        torch.Tensor ours = raw.Times(1.0 / temperature);
        torch.Tensor theirs = other.Times(1.0 / temperature);
        torch.Tensor p = theirs.sigmoid();
        torch.Tensor yes = torch.nn.functional.logsigmoid(theirs) - torch.nn.functional.logsigmoid(ours);
        torch.Tensor no = torch.nn.functional.logsigmoid(theirs.neg()) - torch.nn.functional.logsigmoid(ours.neg());
        return (p * yes).Plus(theirs.neg().sigmoid() * no).Times(temperature * temperature);
    }
}
