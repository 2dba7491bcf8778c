namespace MlNetMultiTask.Models;

/// <summary>What the members of an ensemble say of some rows, for one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Width">The scores of a row, K.</param>
/// <param name="Scores">Per member its scores [rows x K]; buffers may be longer.</param>
/// <param name="Thresholds">Per member the decision thresholds [K] of yes/no outputs; empty for others.</param>
internal sealed record MemberScores(PredictionTask Task, int Width, IReadOnlyList<float[]> Scores, IReadOnlyList<float[]> Thresholds);
