using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Evaluation;

/// <summary>How similar the last shared layers of single-task twins are on the same rows.</summary>
/// <param name="tasks">The names of the tasks, one for each twin.</param>
/// <param name="rows">The rows.</param>
internal sealed class TwinSimilarity(IReadOnlyList<string> tasks, FeatureSample rows)
{
    private const int MaximumBatchSize = 512;

    private readonly Dictionary<string, LinearAlignment> _twins = new(StringComparer.Ordinal);

    /// <summary>Why some or all of it can't be told; null where all can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Adds a task's twin.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="twin">The twin; not kept.</param>
    public void Add(string task, Model twin)
    {
        // A group of one task is its network.
        while (twin is GroupedModel { Members: [var only] })
        {
            twin = only;
        }

        if (twin is not NetworkModel network)
        {
            Problem = "The twins are not single networks, and have no last shared layer.";
            return;
        }

        var values = new List<float>();
        int batchSize = RowMemory.GetRows(network.WorkBytesPerRow, MaximumBatchSize);
        foreach (float[] batch in rows.Values.Chunk(batchSize * rows.FeatureCount))
        {
            if (network.GetRepresentation(batch, batch.Length / rows.FeatureCount) is not { } representation)
            {
                Problem = $"The network {network.Description.Kind} has no last shared layer from which all that follows goes on.";
                return;
            }

            values.AddRange(representation);
        }

        _twins[task] = new LinearAlignment(values.ToArray(), rows.RowCount);
        if (_twins[task].IsConstant)
        {
            Problem = $"The last shared layer of the twin of task '{task}' is the same for all rows.";
        }
    }

    /// <summary>The similarity of each pair [T · T]; NaN where it can't be told.</summary>
    public double[] Compare()
    {
        double[] similarities = new double[tasks.Count * tasks.Count];
        for (int i = 0; i < tasks.Count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double similarity = _twins.TryGetValue(tasks[i], out LinearAlignment? one) && _twins.TryGetValue(tasks[j], out LinearAlignment? other) ? one.Compare(other) : double.NaN;
                (similarities[(i * tasks.Count) + j], similarities[(j * tasks.Count) + i]) = (similarity, similarity);
            }
        }

        return similarities;
    }
}
