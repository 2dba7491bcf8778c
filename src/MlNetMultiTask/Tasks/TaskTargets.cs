using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>The targets of one task for a batch of B rows.</summary>
internal sealed class TaskTargets
{
    /// <summary>Class indices [B] as 64-bit integers, or label values [B, W] as floats; any finite value where there is no label.</summary>
    public required torch.Tensor Labels { get; init; }

    /// <summary>
    /// Weights of the slots [B, W] of a vector label, 0 where a slot has no label; null where every row has all of
    /// its slots. They sum to 1 over the slots of a row in the mean over rows.
    /// </summary>
    public torch.Tensor? SlotWeights { get; init; }

    /// <summary>What each row's label weighs [B]: 0 where it has none, else 1, or the weight of its class and of the task's weight column; null where all weigh 1.</summary>
    public torch.Tensor? LabelWeights { get; init; }

    /// <summary>The labels [B x W] as they were read, for figures that are counted: NaN where there is none.</summary>
    public float[] Values { get; init; } = [];

    /// <summary>The rows that have a target, in their order; null where all have.</summary>
    public long[]? FindRows(int rowCount)
    {
        if (LabelWeights is null || Soft is not null || Values.Length == 0)
        {
            return null;
        }

        int width = Values.Length / rowCount;
        var rows = new List<long>();
        for (int row = 0; row < rowCount; row++)
        {
            if (Values.AsSpan(row * width, width).ContainsAnyInRange(float.NegativeInfinity, float.PositiveInfinity))
            {
                rows.Add(row);
            }
        }

        return rows.Count == rowCount ? null : [.. rows];
    }

    /// <summary>What a teacher says of the rows; null where nobody does.</summary>
    public SoftTargets? Soft { get; set; }

    /// <summary>What other networks, which learn at the same time, say of the rows; null where there are none.</summary>
    public PeerTargets? Peers { get; set; }
}
