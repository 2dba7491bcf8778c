namespace MlNetMultiTask.Evaluation;

/// <summary>A row of a comparison as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class SingleTaskComparisonRow
{
    public required string Task { get; init; }

    public required string Metric { get; init; }

    public required string Against { get; init; }

    public required double LabelShare { get; init; }

    public required int Repeat { get; init; }

    public required int Fold { get; init; }

    public required double MultiTask { get; init; }

    public required double Other { get; init; }
}
