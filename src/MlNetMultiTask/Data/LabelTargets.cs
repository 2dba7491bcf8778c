using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Data;

/// <summary>The targets that come from label columns, held in memory.</summary>
internal sealed class LabelTargets : ITargetSource
{
    private readonly TaskTargets[] _tasks;
    private readonly double[] _shares;

    public LabelTargets(TabularData data, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels)
    {
        _tasks = new TaskTargets[tasks.Count];
        _shares = new double[tasks.Count];
        for (int i = 0; i < tasks.Count; i++)
        {
            (_tasks[i], _shares[i]) = Encode(tasks[i], labels[i], data.Labels[i], data.LabelWidths[i]);
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
                Mask = all.Mask?.index_select(0, batch.Rows),
            };
        }
    }

    public void Dispose()
    {
        foreach (TaskTargets targets in _tasks)
        {
            targets.Labels.Dispose();
            targets.SlotWeights?.Dispose();
            targets.Mask?.Dispose();
        }
    }

    private static (TaskTargets Targets, double Share) Encode(PredictionTask task, LabelInfo info, float[] labels, int width)
    {
        int rows = labels.Length / width;
        float[] values = [.. labels];
        task.Standardize(values, info);
        float[] mask = new float[rows];
        float[] slots = new float[values.Length];
        long[] labelledPerSlot = new long[width];
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
            {
                // Any finite number does: the mask takes it out of the loss.
                values[i] = 0f;
                continue;
            }

            mask[i / width] = 1f;
            slots[i] = 1f;
            labelledPerSlot[i % width]++;
        }

        long labelledRows = mask.LongCount(value => value != 0f);
        double share = (double)labelledRows / rows;
        bool complete = labelledPerSlot.All(count => count == labelledRows);
        if (!complete)
        {
            WeighSlots(slots, labelledPerSlot, labelledRows);
        }

        var targets = new TaskTargets
        {
            Labels = task.HasIndexTargets
                ? torch.tensor(Array.ConvertAll(values, value => (long)value), dtype: torch.ScalarType.Int64)
                : torch.tensor(values, [rows, width]),
            SlotWeights = complete ? null : torch.tensor(slots, [rows, width]),
            Mask = labelledRows == rows ? null : torch.tensor(mask),
        };
        return (targets, share);
    }

    /// <summary>
    /// Gives each slot of a vector label the same weight in the mean over rows, however few of its values are known:
    /// the same reasoning as for tasks. A slot without any label has none.
    /// </summary>
    private static void WeighSlots(float[] slots, long[] labelledPerSlot, long labelledRows)
    {
        int width = labelledPerSlot.Length;
        int used = labelledPerSlot.Count(count => count > 0);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] != 0f)
            {
                slots[i] = (float)((double)labelledRows / ((double)used * labelledPerSlot[i % width]));
            }
        }
    }
}
