namespace MlNetMultiTask.Models;

/// <summary>Scores rows in batches: collects inputs row by row, then computes all at once. Serves one thread.</summary>
internal abstract class BatchScorer
{
    /// <summary>Reads the current row's inputs into the given place of the batch.</summary>
    public abstract void Collect(int index);

    /// <summary>Computes the scores of the rows collected.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public abstract void Score(int count);

    /// <summary>A task's buffer of scores [capacity x K]; the same array each time.</summary>
    public abstract float[] GetScores(int task);
}
