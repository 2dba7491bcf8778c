namespace MlNetMultiTask;

/// <summary>
/// Keeps the state of a training in files, so that a training that was cut off goes on where it was: with the same options and data,
/// <see cref="MultiTaskTrainer.Fit(Microsoft.ML.IDataView)"/> finds the newest checkpoint of the folder, and ends in the model that it would have had
/// without the interruption, bit by bit on the same machine.
/// </summary>
/// <remarks>
/// A checkpoint is one file with a checksum, written whole or not at all. The two newest are kept; if the newest is damaged, the one before is
/// used, with a warning. When training has ended by itself, they are deleted; other files in the folder are left alone. Each training needs a folder of
/// its own, which it holds while it runs. A checkpoint of other options, tasks, data, seed or number of threads is refused with what differs; give
/// <see cref="MultiTaskTrainerOptions.Seed"/>, since a seed that is drawn from the context depends on what was made with it before. A checkpoint that can't be
/// written is a warning in the log.
/// </remarks>
public sealed class Checkpointing
{
    /// <summary>Keeps checkpoints in a folder.</summary>
    /// <param name="folder">The folder; it is made if it is not there.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public Checkpointing(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>A checkpoint is written after every so many epochs; 1 or more. Null: by <see cref="Interval"/> alone.</summary>
    /// <value>The default is 1.</value>
    public int? NumberOfEpochs { get; init; } = 1;

    /// <summary>A checkpoint is written after the epoch in which this time has passed since the last one; above 0.</summary>
    /// <value>The default is null: by <see cref="NumberOfEpochs"/> alone.</value>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whether the last state stays when training has ended: what a member of an ensemble then goes on from is its end.</summary>
    internal bool KeepsEnd { get; init; }
}
