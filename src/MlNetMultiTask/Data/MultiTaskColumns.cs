namespace MlNetMultiTask.Data;

/// <summary>The names of the columns that a trainer reads beside the labels.</summary>
/// <param name="Features">The features.</param>
/// <param name="Weights">The row weights; null for none.</param>
/// <param name="Flags">The Boolean column that is true for validation rows; null for none.</param>
/// <param name="SamplingKeys">The column of which rows of one value stay together; null for none.</param>
internal sealed record MultiTaskColumns(string Features, string? Weights, string? Flags, string? SamplingKeys)
{
    /// <summary>The column by which rows are divided; null for none.</summary>
    public string? Tags => Flags ?? SamplingKeys;
}
