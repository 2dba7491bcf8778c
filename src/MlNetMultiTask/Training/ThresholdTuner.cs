using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Training;

/// <summary>Tunes the decision thresholds of tasks that ask for it, on the validation rows, once training is over.</summary>
internal static class ThresholdTuner
{
    /// <summary>Refuses, before training, tasks whose thresholds could not be tuned after it.</summary>
    /// <exception cref="ArgumentException">A threshold is to be tuned, and there is no validation data.</exception>
    public static void RequireValidation(IReadOnlyList<PredictionTask> tasks, bool hasValidation)
    {
        if (!hasValidation && tasks.FirstOrDefault(task => task.DecisionThreshold?.Metric is not null) is { } task)
        {
            throw new ArgumentException($"The decision threshold of task '{task.Name}' is to be tuned ({task.DecisionThreshold}), which needs validation data: call Fit(trainData, validationData), set ValidationFraction or ValidationColumnName, or give a fixed threshold.");
        }
    }

    /// <summary>The labels' knowledge with tuned thresholds, where tasks ask for them.</summary>
    public static IReadOnlyList<LabelInfo> Tune(NetworkModel model, TabularData validation, IChannel? channel = null)
    {
        bool[] active = [.. model.Tasks.Select(task => task.DecisionThreshold?.Metric is not null)];
        if (!active.Contains(true))
        {
            return model.Labels;
        }

        float[]?[] scores = Score(model, validation, active);
        return [.. model.Labels.Select((label, i) => scores[i] is { } own ? label with { Thresholds = Find(model.Tasks[i], own, validation.Labels[i], label.OutputCount, channel) } : label)];
    }

    private static float[] Find(PredictionTask task, float[] scores, float[] labels, int width, IChannel? channel)
    {
        float[] thresholds = new float[width];
        float[] slotScores = new float[scores.Length / width];
        float[] slotLabels = new float[slotScores.Length];
        for (int slot = 0; slot < width; slot++)
        {
            for (int row = 0; row < slotScores.Length; row++)
            {
                slotScores[row] = task.ToProbability(scores[(row * width) + slot]);
                slotLabels[row] = labels[(row * width) + slot];
            }

            if (!slotLabels.Contains(0f) || !slotLabels.Contains(1f))
            {
                channel?.Warning(MessageSensitivity.Schema, FormattableString.Invariant($"The validation rows of task '{task.Name}' have one class only{(width > 1 ? $" in slot {slot}" : "")}: its decision threshold can't be tuned, and is 0.5."));
            }

            thresholds[slot] = ThresholdSearch.Find(slotScores, slotLabels, task.DecisionThreshold!.Metric!.Value);
        }

        channel?.Info(MessageSensitivity.Schema, $"Decision threshold of task '{task.Name}', tuned for {task.DecisionThreshold}: {string.Join(", ", thresholds.Select(threshold => FormattableString.Invariant($"{threshold:0.####}")))}.");
        return thresholds;
    }

    private static float[]?[] Score(NetworkModel model, TabularData rows, bool[] active)
    {
        int features = rows.FeatureCount;
        int batchSize = RowMemory.GetRows(model.WorkBytesPerRow, RowMemory.UsualRows);
        float[] input = new float[Math.Min(batchSize, rows.RowCount) * features];
        float[]?[] batch = [.. model.Labels.Select((label, i) => active[i] ? new float[batchSize * label.OutputCount] : null)];
        float[]?[] all = [.. model.Labels.Select((label, i) => active[i] ? new float[rows.RowCount * label.OutputCount] : null)];
        for (int start = 0; start < rows.RowCount; start += batchSize)
        {
            int count = Math.Min(batchSize, rows.RowCount - start);
            rows.Features.AsSpan(start * features, count * features).CopyTo(input);
            model.Score(input, count, active, batch);
            for (int i = 0; i < all.Length; i++)
            {
                int width = model.Labels[i].OutputCount;
                batch[i]?.AsSpan(0, count * width).CopyTo(all[i].AsSpan(start * width));
            }
        }

        return all;
    }
}
