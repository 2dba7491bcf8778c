namespace MlNetMultiTask.Data;

/// <summary>Some slots of a feature column: those that a network sees.</summary>
/// <param name="FeatureCount">The number of slots of the column.</param>
/// <param name="Slots">The slots, ascending.</param>
internal sealed record FeatureSlots(int FeatureCount, IReadOnlyList<int> Slots)
{
    /// <summary>The features of rows [rows x slots], of all features [rows x F] in a buffer that may be longer.</summary>
    public float[] Select(float[] features, int rowCount)
    {
        float[] selected = new float[checked(rowCount * Slots.Count)];
        int next = 0;
        for (int row = 0; row < rowCount; row++)
        {
            for (int i = 0; i < Slots.Count; i++)
            {
                selected[next++] = features[(row * FeatureCount) + Slots[i]];
            }
        }

        return selected;
    }
}
