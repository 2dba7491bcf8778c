namespace MlNetMultiTask.Evaluation;

/// <summary>A row of a cross-validation as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class CrossValidationRow
{
    public required string Task { get; init; }

    public required string Metric { get; init; }

    public required int Fold { get; init; }

    public required double Value { get; init; }

    public required long RowCount { get; init; }

    public required long UnseenLabelCount { get; init; }
}
