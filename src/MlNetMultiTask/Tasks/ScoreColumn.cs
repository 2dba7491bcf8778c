using Microsoft.ML;

namespace MlNetMultiTask.Tasks;

/// <summary>A column with the scores of another model.</summary>
/// <param name="Schema">The schema in which it is.</param>
/// <param name="Column">The column.</param>
/// <param name="Scores">What the user says that its numbers mean.</param>
/// <param name="IsOurs">Whether a model of this library made it, of a task of the same kind.</param>
/// <param name="Label">The label column of the data on which training goes on; null where there is none.</param>
internal sealed record ScoreColumn(DataViewSchema Schema, DataViewSchema.Column Column, TeacherScores Scores, bool IsOurs, DataViewSchema.Column? Label);
