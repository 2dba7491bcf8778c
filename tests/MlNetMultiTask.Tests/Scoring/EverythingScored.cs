using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>The same row after scoring.</summary>
public sealed class EverythingScored : Everything
{
    [ColumnName("Size.Score")]
    public float Score { get; set; }
}
