namespace MlNetMultiTask.Tasks;

/// <summary>Everything that makes a task, as plain data: what a model file keeps of it. Each kind uses the fields that it has.</summary>
internal sealed record TaskDescription
{
    private static readonly Dictionary<string, Func<TaskDescription, PredictionTask>> _kinds = new(StringComparer.Ordinal)
    {
        ["MulticlassClassification"] = d => PredictionTask.MulticlassClassification(d.Name, d.LabelColumnName, d.LossWeight, d.ScoreColumnName, d.PredictedLabelColumnName, d.ExampleWeightColumnName, d.ClassWeights, d.LabelSmoothing),
        ["BinaryClassification"] = d => PredictionTask.BinaryClassification(d.Name, d.LabelColumnName, d.PositiveLabel, d.LossWeight, d.Threshold, d.ScoreColumnName, d.ProbabilityColumnName, d.PredictedLabelColumnName, d.ExampleWeightColumnName, d.ClassWeights, d.LabelSmoothing),
        ["Regression"] = d => PredictionTask.Regression(d.Name, d.LabelColumnName, d.LossWeight, d.ScoreColumnName, d.ExampleWeightColumnName),
        ["MultilabelClassification"] = d => PredictionTask.MultilabelClassification(d.Name, d.LabelColumnName, d.LossWeight, d.Threshold, d.ScoreColumnName, d.PredictedLabelColumnName, d.ExampleWeightColumnName, d.ClassWeights, d.LabelSmoothing),
    };

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string LabelColumnName { get; init; }

    public required float LossWeight { get; init; }

    public required string ScoreColumnName { get; init; }

    public string? ProbabilityColumnName { get; init; }

    public string? PredictedLabelColumnName { get; init; }

    public string? PositiveLabel { get; init; }

    public string? ExampleWeightColumnName { get; init; }

    public ClassWeights? ClassWeights { get; init; }

    public float LabelSmoothing { get; init; }

    public float? DecisionThreshold { get; init; }

    /// <summary>What the decision threshold is tuned for; null where it is fixed.</summary>
    public string? DecisionThresholdMetric { get; init; }

    private DecisionThreshold? Threshold => MlNetMultiTask.DecisionThreshold.From(DecisionThreshold, DecisionThresholdMetric);

    /// <summary>In what the predictions of tasks differ, as the end of a sentence; null where they are the same. What concerns training alone may differ.</summary>
    public static string? FindDifference(IReadOnlyList<PredictionTask> some, IReadOnlyList<PredictionTask> others)
    {
        static TaskDescription Predicted(PredictionTask task) => task.Describe() with { LossWeight = 1f, ExampleWeightColumnName = null, ClassWeights = null, LabelSmoothing = 0f };

        return some.Count != others.Count || some.Zip(others).FirstOrDefault(pair => pair.First.Name != pair.Second.Name || pair.First.Kind != pair.Second.Kind) is { First: not null }
                ? $"other tasks: {string.Join(", ", others)} instead of {string.Join(", ", some)}."
            : some.Zip(others).FirstOrDefault(pair => Predicted(pair.First) != Predicted(pair.Second)) is { First: { } differs }
                ? $"other columns or another decision threshold in task '{differs.Name}'."
            : null;
    }

    /// <summary>The same with the output columns that ML.NET's own trainers have.</summary>
    public TaskDescription WithDefaultColumnNames() => this with { ScoreColumnName = "Score", ProbabilityColumnName = "Probability", PredictedLabelColumnName = "PredictedLabel" };

    /// <summary>The task that this describes.</summary>
    /// <exception cref="FormatException">The kind is unknown, or a value is not valid.</exception>
    public PredictionTask ToTask()
    {
        if (!_kinds.TryGetValue(Kind, out Func<TaskDescription, PredictionTask>? create))
        {
            throw new FormatException($"The task kind '{Kind}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", _kinds.Keys)}.");
        }

        try
        {
            return create(this);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The description of task '{Name}' is not valid: {e.Message}");
        }
    }
}
