using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Data;

/// <summary>The targets that come from label columns, held in memory.</summary>
internal sealed class LabelTargets : ITargetSource
{
    private readonly TaskTargets[] _tasks;
    private readonly TabularData _data;
    private readonly double[] _shares;

    /// <param name="data">The rows.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="labels">What training learned of each task's label.</param>
    /// <param name="valueWeights">Per task and slot, what each value weighs in the loss; null for all alike.</param>
    public LabelTargets(TabularData data, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<float[][]?>? valueWeights = null)
    {
        _data = data;
        _tasks = new TaskTargets[tasks.Count];
        _shares = new double[tasks.Count];
        for (int i = 0; i < tasks.Count; i++)
        {
            (_tasks[i], _shares[i]) = Encode(tasks[i], labels[i], data.Labels[i], data.LabelWidths[i], data.TaskWeights?[i], valueWeights?[i]);
        }
    }

    /// <summary>Per task, the share of rows that have a label for it.</summary>
    public IReadOnlyList<double> LabelledShares => _shares;

    public void Fill(Batch batch)
    {
        for (int i = 0; i < _tasks.Length; i++)
        {
            TaskTargets all = _tasks[i];
            batch.Targets[i] = new TaskTargets
            {
                Labels = all.Labels.index_select(0, batch.Rows),
                SlotWeights = all.SlotWeights?.index_select(0, batch.Rows),
                LabelWeights = all.LabelWeights?.index_select(0, batch.Rows),
                Values = Gather(_data.Labels[i], _data.LabelWidths[i], batch.RowNumbers.Span),
            };
        }
    }

    public void Dispose()
    {
        foreach (TaskTargets targets in _tasks)
        {
            targets.Labels.Dispose();
            targets.SlotWeights?.Dispose();
            targets.LabelWeights?.Dispose();
        }
    }

    private static float[] Gather(float[] labels, int width, ReadOnlySpan<long> rows)
    {
        float[] values = new float[rows.Length * width];
        if (width == 1)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = labels[rows[i]];
            }

            return values;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            labels.AsSpan((int)rows[i] * width, width).CopyTo(values.AsSpan(i * width));
        }

        return values;
    }

    private static (TaskTargets Targets, double Share) Encode(PredictionTask task, LabelInfo info, float[] labels, int width, float[]? taskWeights, float[][]? valueWeights)
    {
        int rows = labels.Length / width;
        float[] values = [.. labels];
        task.Standardize(values, info);
        float[] labelWeights = new float[rows];
        float[] slots = new float[values.Length];
        long[] labelledPerSlot = new long[width];
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
            {
                // Any finite number does: its weight takes it out of the loss.
                values[i] = 0f;
                continue;
            }

            labelWeights[i / width] = 1f;
            slots[i] = 1f;
            labelledPerSlot[i % width]++;
        }

        long labelledRows = labelWeights.LongCount(value => value != 0f);
        double share = (double)labelledRows / rows;
        bool evenSlots = labelledPerSlot.All(count => count == labelledRows) && (valueWeights is null || width == 1);
        if (!evenSlots)
        {
            WeighSlots(slots, labelledPerSlot, labelledRows, labels, valueWeights);
        }

        if (taskWeights is not null && labelledRows > 0 && taskWeights.Zip(labelWeights).All(row => row.First == 0f || row.Second == 0f))
        {
            throw new ArgumentException($"Example weight column '{task.ExampleWeightColumnName}' of task '{task.Name}' has the weight 0 in all rows with a label. Leave the task or the column out.");
        }

        bool weighted = taskWeights is not null || (valueWeights is not null && width == 1);
        if (weighted)
        {
            WeighLabels(labelWeights, labelledRows, labels, taskWeights, width == 1 ? valueWeights?[0] : null);
        }

        var targets = new TaskTargets
        {
            Labels = task.HasIndexTargets
                ? torch.tensor(Array.ConvertAll(values, value => (long)value), dtype: torch.ScalarType.Int64)
                : torch.tensor(values, [rows, width]),
            SlotWeights = evenSlots ? null : torch.tensor(slots, [rows, width]),
            LabelWeights = labelledRows == rows && !weighted ? null : torch.tensor(labelWeights),
        };
        return (targets, share);
    }

    /// <summary>Weighs rows by the task's weight column, brought to mean 1 over labelled rows, and by the weight of their label's value.</summary>
    private static void WeighLabels(float[] labelWeights, long labelledRows, float[] labels, float[]? taskWeights, float[]? valueWeights)
    {
        double sum = taskWeights is null ? labelledRows : taskWeights.Where((_, row) => labelWeights[row] != 0f).Sum(weight => (double)weight);
        for (int row = 0; row < labelWeights.Length; row++)
        {
            if (labelWeights[row] != 0f)
            {
                double weight = taskWeights is null ? 1 : taskWeights[row] * labelledRows / sum;
                labelWeights[row] = (float)(weight * (valueWeights?[(int)labels[row]] ?? 1f));
            }
        }
    }

    /// <summary>
    /// Gives each slot of a vector label the same weight in the mean over rows, however few of its values are known:
    /// the same reasoning as for tasks. A slot without any label has none. What a value weighs comes on top.
    /// </summary>
    private static void WeighSlots(float[] slots, long[] labelledPerSlot, long labelledRows, float[] labels, float[][]? valueWeights)
    {
        int width = labelledPerSlot.Length;
        int used = labelledPerSlot.Count(count => count > 0);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] != 0f)
            {
                double weight = (double)labelledRows / ((double)used * labelledPerSlot[i % width]);
                slots[i] = (float)(weight * (valueWeights?[i % width][(int)labels[i]] ?? 1f));
            }
        }
    }
}
