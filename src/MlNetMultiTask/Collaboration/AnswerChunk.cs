namespace MlNetMultiTask.Collaboration;

/// <summary>What a teacher says of some rows that follow one another.</summary>
/// <param name="FirstRow">The number of the first row in the data, from 0.</param>
/// <param name="Count">How many rows.</param>
/// <param name="Values">Per task its logits, or numbers in the label's unit [Count x K], in a buffer that is used again for the next rows; null for a task that was not asked for. NaN where the teacher does not know an output.</param>
internal sealed record AnswerChunk(long FirstRow, int Count, IReadOnlyList<float[]?> Values)
{
    /// <summary>The rows' fingerprints; null where nobody asked for them, or the teacher hides the features.</summary>
    public ulong[]? Fingerprints { get; init; }
}
