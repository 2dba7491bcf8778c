namespace MlNetMultiTask.Evaluation;

/// <summary>A label, or a slot of one, as numbers from 0 that stand for its different values: in the order of the values, so that the order of rows does not matter.</summary>
/// <param name="TaskName">The task's name.</param>
/// <param name="SlotName">The slot's name or number; null for a label as a whole.</param>
/// <param name="Kind">The task's kind.</param>
/// <param name="Basis">What the codes stand for.</param>
/// <param name="Codes">Row by row the code; -1 is missing.</param>
/// <param name="CodeCount">The number of different codes; each of them occurs.</param>
/// <param name="DistinctCount">The number of different labels.</param>
/// <param name="Numbers">Row by row the number itself; null for a label that is none.</param>
internal sealed record ComparedLabel(string TaskName, string? SlotName, string Kind, LabelBasis Basis, int[] Codes, int CodeCount, int DistinctCount, float[]? Numbers)
{
    public string Name => SlotName is null ? TaskName : $"{TaskName}[{SlotName}]";

    /// <summary>How many rows have each code.</summary>
    public int[] Count()
    {
        int[] counts = new int[CodeCount];
        foreach (int code in Codes)
        {
            if (code >= 0)
            {
                counts[code]++;
            }
        }

        return counts;
    }

    public LabelSummary Summarize()
    {
        int[] counts = Count();
        return new LabelSummary
        {
            Name = Name,
            TaskName = TaskName,
            SlotName = SlotName,
            Kind = Kind,
            Basis = Basis,
            RowCount = Codes.Length,
            LabelledRowCount = counts.Sum(count => (long)count),
            DistinctCount = DistinctCount,
            ComparedCount = CodeCount,
            Entropy = Information.GetEntropy(counts),
        };
    }
}
