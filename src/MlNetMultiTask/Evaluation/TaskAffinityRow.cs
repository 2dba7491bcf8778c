namespace MlNetMultiTask.Evaluation;

/// <summary>A pair of tasks as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class TaskAffinityRow
{
    public required string From { get; init; }

    public required string To { get; init; }

    public required double LookAhead { get; init; }

    public required double LookAheadDeviation { get; init; }

    public required double GradientCosine { get; init; }

    public required double GradientCosineDeviation { get; init; }

    public required double Similarity { get; init; }

    public required int EpochCount { get; init; }
}
