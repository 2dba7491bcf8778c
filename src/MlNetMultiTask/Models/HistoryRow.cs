namespace MlNetMultiTask.Models;

/// <summary>A row of a history as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class HistoryRow
{
    public required int Epoch { get; init; }

    public required string Task { get; init; }

    public required double TrainingLoss { get; init; }

    public required double ValidationLoss { get; init; }

    public required string MetricName { get; init; }

    public required double TrainingMetric { get; init; }

    public required double ValidationMetric { get; init; }

    public required double TaskWeight { get; init; }

    public required double LearningRate { get; init; }

    public required double Seconds { get; init; }

    public required double ParameterDistance { get; init; }

    public required double Agreement { get; init; }

    public required double GradientNorm { get; init; }

    public required double AffinityToOthers { get; init; }

    public required double AffinityFromOthers { get; init; }
}
