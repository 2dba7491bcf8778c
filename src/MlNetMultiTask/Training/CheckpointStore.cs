using System.Text.RegularExpressions;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Training;

/// <summary>The checkpoints of one training in a folder, which nobody else uses meanwhile: two files, of which the newer counts. Other files there are left alone.</summary>
internal sealed partial class CheckpointStore : IDisposable
{
    private const string TemporaryExtension = ".checkpoint.tmp";
    private const string LockName = "training.lock";
    private const int Kept = 2;

    private readonly Checkpointing _options;
    private readonly IChannel _channel;
    private readonly FileStream _lock;
    private TimeSpan _written;

    /// <param name="options">The folder, and how often.</param>
    /// <param name="channel">Where the host listens.</param>
    /// <exception cref="IOException">The folder can't be made or written to, or another training uses it.</exception>
    public CheckpointStore(Checkpointing options, IChannel channel)
    {
        _options = options;
        _channel = channel;
        try
        {
            Directory.CreateDirectory(options.Folder);
            _lock = new FileStream(Path.Combine(options.Folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Option Checkpointing: the folder '{options.Folder}' can't be used: {e.Message} Give a folder that can be written to, and each training one of its own.", e);
        }
    }

    /// <summary>All that a training depends on, by name, as text for people.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; set; } = [];

    /// <summary>The checkpoints, the newest first: their names are the epoch, filled up with zeros.</summary>
    private string[] Files => [.. Directory.EnumerateFiles(_options.Folder).Where(path => Name().IsMatch(Path.GetFileName(path))).OrderDescending(StringComparer.Ordinal)];

    /// <summary>Whether a checkpoint is to be written after this epoch.</summary>
    public bool IsDue(int epoch, TimeSpan elapsed) =>
        (_options.NumberOfEpochs is { } epochs && epoch % epochs == 0) || (_options.Interval is { } interval && elapsed - _written >= interval);

    /// <summary>Writes a checkpoint, and deletes the oldest. What can't be written ends no training: a warning tells.</summary>
    public void Write(SessionState session, LoopState loop, TimeSpan elapsed)
    {
        string path = Path.Combine(_options.Folder, FormattableString.Invariant($"{session.Epoch:0000000000}.checkpoint"));
        byte[] content = CheckpointFile.Write(Settings, session, loop, elapsed);
        try
        {
            AtomicFile.Write(path, stream => stream.Write(content), TemporaryExtension);
            _written = elapsed;
            Array.ForEach(Files[Math.Min(Kept, Files.Length)..], File.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // .NET answers a file that the system does not let grow with the last of these.
            _channel.Warning(MessageSensitivity.None, $"The checkpoint '{path}' could not be written, and training goes on: {e.Message}");
        }
    }

    /// <summary>Reads the newest checkpoint that is whole; null where there is none.</summary>
    /// <param name="loop">Receives what the loop remembers.</param>
    /// <param name="tasks">The names of the tasks.</param>
    /// <returns>The session's state.</returns>
    /// <exception cref="ArgumentException">The checkpoint is of another training; the message says what differs.</exception>
    /// <exception cref="FormatException">There are checkpoints, and all are damaged.</exception>
    public SessionState? Read(LoopState loop, IReadOnlyList<string> tasks)
    {
        var problems = new List<string>();
        foreach (string path in Files)
        {
            try
            {
                CheckpointFile checkpoint = CheckpointFile.Read(File.ReadAllBytes(path));
                RequireSameTraining(path, checkpoint);
                SessionState session = checkpoint.Restore(loop, tasks);
                _written = loop.Before;
                return session;
            }
            catch (FormatException e)
            {
                problems.Add($"'{path}': {e.Message}");
                _channel.Warning(MessageSensitivity.None, $"The checkpoint '{path}' can't be used, so the one before it is tried: {e.Message}");
            }
        }

        return problems.Count == 0
            ? null
            : throw new FormatException($"No checkpoint in '{_options.Folder}' can be used. Delete them to begin anew. {string.Join(" ", problems)}");
    }

    /// <summary>Training has ended: checkpoints are deleted, or its last state is kept for the training of which it is a part.</summary>
    public void End(Func<SessionState> export, LoopState loop, TimeSpan elapsed)
    {
        if (_options.KeepsEnd)
        {
            Write(export(), loop, elapsed);
        }
        else
        {
            Clear();
        }
    }

    /// <summary>Deletes the checkpoints, and what a killed process left half-written.</summary>
    public void Clear()
    {
        Array.ForEach(Files, File.Delete);
        Array.ForEach(Directory.GetFiles(_options.Folder, "*" + TemporaryExtension), File.Delete);
    }

    public void Dispose()
    {
        // Deleted while it is held: afterwards, it could be another training's.
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(_lock.Name);
        }

        _lock.Dispose();
    }

    private void RequireSameTraining(string path, CheckpointFile checkpoint)
    {
        string[] differences =
        [
            .. Settings.Where(ours => checkpoint.Settings.GetValueOrDefault(ours.Key) != ours.Value)
                .Select(ours => $"{ours.Key} was {checkpoint.Settings.GetValueOrDefault(ours.Key, "not there")}, and is {ours.Value}"),
        ];
        if (differences.Length > 0)
        {
            throw new ArgumentException(
                $"The checkpoint '{path}' is of another training: {string.Join("; ", differences)}. To go on, use the same options and data as then; to begin anew, delete the checkpoints or give another folder. "
                + "(Without the option Seed, the seed is drawn from the MLContext, and depends on what was made with it before.)");
        }
    }

    [GeneratedRegex(@"^[0-9]{10}\.checkpoint$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
