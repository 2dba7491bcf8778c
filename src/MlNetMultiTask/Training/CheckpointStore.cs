using Microsoft.ML.Runtime;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Training;

/// <summary>The checkpoints of one training in a folder: two files, of which the newer counts.</summary>
internal sealed class CheckpointStore
{
    private const string Pattern = "*" + Extension;
    private const string Extension = ".checkpoint";
    private const int Kept = 2;

    private readonly Checkpointing _options;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _settings;
    private readonly IChannel _channel;
    private TimeSpan _written;

    /// <param name="options">The folder, and how often.</param>
    /// <param name="settings">All that a training depends on, by name, as text for people.</param>
    /// <param name="channel">Where the host listens.</param>
    public CheckpointStore(Checkpointing options, IReadOnlyList<KeyValuePair<string, string>> settings, IChannel channel)
    {
        _options = options;
        _settings = settings;
        _channel = channel;
        Directory.CreateDirectory(options.Folder);
    }

    /// <summary>The checkpoints, the newest first: their names have the epoch in front, filled up with zeros.</summary>
    private string[] Files => [.. Directory.EnumerateFiles(_options.Folder, Pattern).OrderDescending(StringComparer.Ordinal)];

    /// <summary>Whether a checkpoint is to be written after this epoch.</summary>
    public bool IsDue(int epoch, TimeSpan elapsed) =>
        (_options.NumberOfEpochs is { } epochs && epoch % epochs == 0) || (_options.Interval is { } interval && elapsed - _written >= interval);

    public void Write(SessionState session, LoopState loop, TimeSpan elapsed)
    {
        string path = Path.Combine(_options.Folder, FormattableString.Invariant($"{session.Epoch:0000000000}{Extension}"));
        byte[] content = CheckpointFile.Write(_settings, session, loop, elapsed);
        AtomicFile.Write(path, stream => stream.Write(content));
        _written = elapsed;
        Array.ForEach(Files[Math.Min(Kept, Files.Length)..], File.Delete);
    }

    /// <summary>Reads the newest checkpoint that is whole; null where there is none.</summary>
    /// <param name="loop">Receives what the loop remembers.</param>
    /// <returns>The session's state.</returns>
    /// <exception cref="ArgumentException">The checkpoint is of another training; the message says what differs.</exception>
    /// <exception cref="FormatException">There are checkpoints, and all are damaged.</exception>
    public SessionState? Read(LoopState loop)
    {
        var problems = new List<string>();
        foreach (string path in Files)
        {
            CheckpointFile checkpoint;
            try
            {
                checkpoint = CheckpointFile.Read(File.ReadAllBytes(path));
            }
            catch (FormatException e)
            {
                problems.Add($"'{path}': {e.Message}");
                _channel.Warning(MessageSensitivity.None, $"The checkpoint '{path}' can't be used, so the one before it is tried: {e.Message}");
                continue;
            }

            RequireSameTraining(path, checkpoint);
            SessionState session = checkpoint.Restore(loop);
            _written = loop.Before;
            return session;
        }

        return problems.Count == 0
            ? null
            : throw new FormatException($"No checkpoint in '{_options.Folder}' can be used. Delete them to begin anew. {string.Join(" ", problems)}");
    }

    /// <summary>Deletes the checkpoints, and what a killed process left half-written: the training has ended.</summary>
    public void Clear()
    {
        Array.ForEach(Files, File.Delete);
        Array.ForEach(Directory.GetFiles(_options.Folder, "*" + AtomicFile.Extension), File.Delete);
    }

    private void RequireSameTraining(string path, CheckpointFile checkpoint)
    {
        string[] differences =
        [
            .. _settings.Where(ours => checkpoint.Settings.GetValueOrDefault(ours.Key) != ours.Value)
                .Select(ours => $"{ours.Key} was {checkpoint.Settings.GetValueOrDefault(ours.Key, "not there")}, and is {ours.Value}"),
        ];
        if (differences.Length > 0)
        {
            throw new ArgumentException(
                $"The checkpoint '{path}' is of another training: {string.Join("; ", differences)}. To go on, use the same options and data as then; to begin anew, delete the checkpoints or give another folder.");
        }
    }
}
