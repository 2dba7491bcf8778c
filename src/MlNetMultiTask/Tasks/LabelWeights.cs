namespace MlNetMultiTask.Tasks;

/// <summary>What labels weigh: by their row, and by their value.</summary>
/// <param name="Rows">Per row its weight; null for all alike.</param>
/// <param name="Values">Per slot the weights of its values; null for all alike.</param>
internal sealed record LabelWeights(float[]? Rows, float[][]? Values)
{
    /// <summary>The weight of a label in a row and a slot.</summary>
    public double Of(int row, int slot, float value) => (Rows?[row] ?? 1.0) * (Values?[slot][(int)value] ?? 1.0);
}
