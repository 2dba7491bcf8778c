using Microsoft.ML;

namespace MlNetMultiTask.Tasks;

/// <summary>How a row of another model's scores becomes the outputs of a task.</summary>
/// <param name="Source">The column that is read: a Single, or a vector of them.</param>
/// <param name="SourceWidth">How many numbers a row has there.</param>
/// <param name="Slots">Per output of the task its place in that column, -1 where the other model does not know it; null where both have the same order.</param>
/// <param name="Scores">What the numbers mean; <see cref="TeacherScores.Automatic"/> where the rows must tell.</param>
internal sealed record ScoreMap(DataViewSchema.Column Source, int SourceWidth, int[]? Slots, TeacherScores Scores)
{
    /// <summary>Whether the other model's yes is this task's no.</summary>
    public bool IsInverted { get; init; }

    /// <summary>What the user should know of how outputs were matched; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>Puts a row in the order of the task's outputs; NaN where the other model does not know one.</summary>
    public void Pick(ReadOnlySpan<float> source, Span<float> outputs)
    {
        if (Slots is null)
        {
            source.CopyTo(outputs);
            return;
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Slots[i] < 0 ? float.NaN : source[Slots[i]];
        }
    }
}
