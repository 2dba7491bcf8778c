using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Training;

/// <summary>
/// A checkpoint as bytes: a tag, the lengths of three parts, the parts (JSON of everything small, the history, arrays of floats), and a
/// SHA-256 checksum of all before it. Doubles are kept by their bits.
/// </summary>
internal sealed class CheckpointFile
{
    private const int HashLength = SHA256.HashSizeInBytes;
    private const int HeaderLength = 8 + (3 * sizeof(int));
    private const string Parameters = "parameters";
    private const string Moment = "moment";
    private const string Buffers = "buffers";
    private const string Best = "best";
    private const string BestOfTask = "bestOfTask";

    private static readonly TimeSpan _longest = TimeSpan.FromDays(100_000);

    private readonly ManifestReader _state;
    private readonly TrainingHistory _history;
    private readonly Dictionary<string, float[]> _arrays;

    private CheckpointFile(ManifestReader state, TrainingHistory history, IReadOnlyList<NamedTensor> arrays)
    {
        _state = state;
        _history = history;
        _arrays = arrays.DistinctBy(array => array.Name, StringComparer.Ordinal).ToDictionary(array => array.Name, array => array.Values, StringComparer.Ordinal);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ManifestReader item in state.GetObjects("settings"))
        {
            if (!settings.TryAdd(item.GetString("name"), item.GetString("value")))
            {
                throw state.Invalid("settings", "settings of different names");
            }
        }

        Settings = settings;
    }

    /// <summary>What the training depends on.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    private static ReadOnlySpan<byte> Magic => "MNMTC002"u8;

    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> settings, SessionState session, LoopState loop, TimeSpan elapsed)
    {
        byte[][] parts = [WriteState(settings, session, loop, elapsed), WriteHistory(loop), WeightsFile.Write([.. GetArrays(session, loop)])];
        byte[] content = new byte[HeaderLength + parts.Sum(part => part.Length) + HashLength];
        Magic.CopyTo(content);
        int at = HeaderLength;
        for (int i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(Magic.Length + (i * sizeof(int))), parts[i].Length);
            parts[i].CopyTo(content, at);
            at += parts[i].Length;
        }

        SHA256.HashData(content.AsSpan(0, at), content.AsSpan(at));
        return content;
    }

    /// <exception cref="FormatException">The bytes are no checkpoint, or damaged.</exception>
    public static CheckpointFile Read(byte[] content)
    {
        if (content.Length < HeaderLength + HashLength || !content.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new FormatException("It is no checkpoint of this version, or cut off.");
        }

        int end = content.Length - HashLength;
        if (!SHA256.HashData(content.AsSpan(0, end)).AsSpan().SequenceEqual(content.AsSpan(end)))
        {
            throw new FormatException("It does not match its checksum: the file is damaged.");
        }

        var parts = new byte[3][];
        long at = HeaderLength;
        for (int i = 0; i < parts.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(Magic.Length + (i * sizeof(int))));
            if (length < 0 || length > end - at)
            {
                throw new FormatException("Its parts are longer than the file.");
            }

            parts[i] = content.AsSpan((int)at, length).ToArray();
            at += length;
        }

        return new CheckpointFile(ManifestReader.Parse(parts[0]), HistoryJson.Read(parts[1]), WeightsFile.Read(parts[2]));
    }

    /// <summary>Gives back what was written: the loop's memory into <paramref name="loop"/>, the session's state as the result.</summary>
    /// <param name="loop">Receives what the loop remembers.</param>
    /// <param name="taskNames">The names of the tasks.</param>
    /// <exception cref="FormatException">The parts do not belong together; the loop's memory is as it was.</exception>
    public SessionState Restore(LoopState loop, IReadOnlyList<string> taskNames)
    {
        int tasks = taskNames.Count;
        TimeSpan before = TimeSpan.FromTicks(_state.GetInt64("elapsedTicks", 0));
        double rateFactor = GetDoubles("rateFactor", 1)[0];
        double[] progress = GetDoubles("progress", ImprovementTracker.StateLength);
        double[] plateau = GetDoubles("plateau", ImprovementTracker.StateLength);
        double[] taskProgress = GetDoubles("taskProgress", tasks * ImprovementTracker.StateLength);
        bool[] frozen = [.. GetDoubles("frozen", tasks).Select(value => value != 0)];
        LearnerState[] learners = [.. _state.GetObjects("learners").Select(ReadLearner)];
        long parameters = learners.Sum(learner => learner.Engine.Parameters.LongLength + learner.Engine.Buffers.LongLength);
        bool fits = _history.TaskNames.SequenceEqual(taskNames, StringComparer.Ordinal)
            && _history.Epochs.Select(epoch => epoch.Number).SequenceEqual(Enumerable.Range(1, _history.Epochs.Count))
            && learners.Length > 0
            && learners.All(learner => learner.Engine.Moments.All(moment => moment.Length == learner.Engine.Parameters.Length))
            && _arrays.All(array => !array.Key.StartsWith(Best, StringComparison.Ordinal) || array.Value.Length == parameters)
            && before < _longest
            && ((double[][])[progress, plateau, .. taskProgress.Chunk(ImprovementTracker.StateLength)]).All(tracker => tracker[1..].All(epochs => epochs >= 0 && epochs <= _history.Epochs.Count));
        if (!fits)
        {
            throw new FormatException("Its parts do not belong together.");
        }

        loop.Before = before;
        loop.RateFactor = rateFactor;
        loop.Progress.Import(progress);
        loop.Plateau.Import(plateau);
        for (int i = 0; i < tasks; i++)
        {
            loop.TaskProgress[i].Import(taskProgress.AsSpan(i * ImprovementTracker.StateLength, ImprovementTracker.StateLength).ToArray());
            loop.BestTaskParameters[i] = _arrays.GetValueOrDefault(Name(BestOfTask, i));
        }

        loop.BestParameters = _arrays.GetValueOrDefault(Best);
        loop.Epochs.AddRange(_history.Epochs);
        return new SessionState(_history.Epochs.Count, learners, frozen);
    }

    private LearnerState ReadLearner(ManifestReader state, int learner)
    {
        string prefix = Prefix(learner);
        float[] parameters = _arrays.GetValueOrDefault(prefix + Parameters) ?? throw _state.Invalid(prefix + Parameters, "parameters");
        float[][] moments = [.. Enumerable.Range(0, _arrays.Count).Select(i => _arrays.GetValueOrDefault(prefix + Name(Moment, i))).OfType<float[]>()];
        double[] weighting = [.. state.GetInt64s("weighting").Select(BitConverter.Int64BitsToDouble)];
        return new LearnerState(new EngineState(parameters, state.GetInt64("stepCount", 0), moments) { Buffers = _arrays.GetValueOrDefault(prefix + Buffers) ?? [] }, weighting, (ulong)state.GetInt64("balancingPosition", long.MinValue));
    }

    /// <summary>In front of the names of a learner's arrays.</summary>
    private static string Prefix(int learner) => FormattableString.Invariant($"learner{learner}.");

    private static string Name(string name, int index) => FormattableString.Invariant($"{name}{index}");

    private double[] GetDoubles(string name, int count)
    {
        long[] bits = _state.GetInt64s(name);
        return bits.Length == count
            ? [.. bits.Select(BitConverter.Int64BitsToDouble)]
            : throw _state.Invalid(name, FormattableString.Invariant($"{count} numbers"));
    }

    private static byte[] WriteState(IReadOnlyList<KeyValuePair<string, string>> settings, SessionState session, LoopState loop, TimeSpan elapsed)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("settings");
            foreach ((string name, string value) in settings)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("value", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("elapsedTicks", elapsed.Ticks);
            json.WriteStartArray("learners");
            foreach (LearnerState learner in session.Learners)
            {
                json.WriteStartObject();
                json.WriteNumber("stepCount", learner.Engine.StepCount);
                json.WriteNumber("balancingPosition", (long)learner.BalancingPosition);
                WriteDoubles(json, "weighting", learner.Weighting);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteDoubles(json, "rateFactor", [loop.RateFactor]);
            WriteDoubles(json, "progress", loop.Progress.Export());
            WriteDoubles(json, "plateau", loop.Plateau.Export());
            WriteDoubles(json, "taskProgress", loop.TaskProgress.SelectMany(tracker => tracker.Export()));
            WriteDoubles(json, "frozen", session.Frozen.Select(frozen => frozen ? 1.0 : 0.0));
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteDoubles(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(BitConverter.DoubleToInt64Bits(value));
        }

        json.WriteEndArray();
    }

    private static byte[] WriteHistory(LoopState loop) =>
        HistoryJson.Write(new TrainingHistory([.. loop.Epochs[0].TrainingLosses.Keys.Select(task => (task, ""))], loop.Epochs, loop.Progress.BestEpoch, TrainingEnd.Cancellation));

    private static IEnumerable<NamedTensor> GetArrays(SessionState session, LoopState loop)
    {
        NamedTensor Array(string name, float[] values) => new(name, [values.Length], values);

        foreach ((int number, LearnerState learner) in session.Learners.Index())
        {
            yield return Array(Prefix(number) + Parameters, learner.Engine.Parameters);
            if (learner.Engine.Buffers.Length > 0)
            {
                yield return Array(Prefix(number) + Buffers, learner.Engine.Buffers);
            }

            foreach ((int i, float[] moment) in learner.Engine.Moments.Index())
            {
                yield return Array(Prefix(number) + Name(Moment, i), moment);
            }
        }

        if (loop.BestParameters is { } best)
        {
            yield return Array(Best, best);
        }

        foreach ((int i, float[]? parameters) in loop.BestTaskParameters.Index())
        {
            if (parameters is not null)
            {
                yield return Array(Name(BestOfTask, i), parameters);
            }
        }
    }
}
