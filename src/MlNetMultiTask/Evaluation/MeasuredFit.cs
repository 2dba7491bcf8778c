namespace MlNetMultiTask.Evaluation;

/// <summary>A model that was trained and measured on one division of the rows, and is gone.</summary>
/// <param name="Metrics">Its figures, task by task.</param>
/// <param name="TrainingSeconds">How long training took.</param>
/// <param name="ScoringSeconds">How long scoring and measuring took.</param>
/// <param name="ParameterCount">The numbers that training has set; 0 where nobody asked, and for models of others.</param>
/// <param name="FileSize">The bytes of its file; null where nobody asked, or it can't be saved.</param>
internal sealed record MeasuredFit(MultiTaskMetrics Metrics, double TrainingSeconds, double ScoringSeconds, long ParameterCount, long? FileSize);
