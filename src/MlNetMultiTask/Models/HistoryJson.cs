using System.Text.Json;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>A training history as JSON, in model files and checkpoints. A figure that is not finite is null.</summary>
internal static class HistoryJson
{
    private const int MaximumNumberOfEpochs = 100_000_000;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(10_000);

    public static byte[] Write(TrainingHistory history)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("bestEpoch", history.BestEpoch);
            json.WriteString("end", history.End.ToString());
            json.WriteStartArray("tasks");
            foreach (string task in history.TaskNames)
            {
                json.WriteStartObject();
                json.WriteString("name", task);
                json.WriteString("metric", history.MetricNames[task]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("epochs");
            foreach (TrainingEpoch epoch in history.Epochs)
            {
                WriteEpoch(json, epoch, history.TaskNames);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no history.</exception>
    public static TrainingHistory Read(byte[] content)
    {
        ManifestReader json = ManifestReader.Parse(content);
        (string Task, string Metric)[] tasks = [.. json.GetObjects("tasks").Select(task => (task.GetString("name"), task.GetString("metric")))];
        if (tasks.DistinctBy(task => task.Task, StringComparer.Ordinal).Count() < tasks.Length)
        {
            throw json.Invalid("tasks", "tasks of different names");
        }

        TrainingEpoch[] epochs = [.. json.GetObjects("epochs").Select(epoch => ReadEpoch(epoch, tasks))];
        if (epochs.DistinctBy(epoch => epoch.Members.Count).Count() > 1)
        {
            throw json.Invalid("epochs", "epochs of as many members each");
        }

        return new TrainingHistory(
            tasks,
            epochs,
            json.GetInt32("bestEpoch", 0, epochs.Length),
            Enum.TryParse(json.GetString("end"), out TrainingEnd end) && Enum.IsDefined(end) ? end : throw json.Invalid("end", "a reason"));
    }

    private static void WriteEpoch(Utf8JsonWriter json, TrainingEpoch epoch, IReadOnlyList<string> tasks)
    {
        json.WriteStartObject();
        json.WriteNumber("number", epoch.Number);
        WriteFigures(json, "trainingLosses", epoch.TrainingLosses, tasks);
        WriteFigures(json, "trainingMetrics", epoch.TrainingMetrics, tasks);
        WriteFigures(json, "validationLosses", epoch.ValidationLosses, tasks);
        WriteFigures(json, "validationMetrics", epoch.ValidationMetrics, tasks);
        WriteFigures(json, "taskWeights", epoch.TaskWeights, tasks);
        if (epoch.Gradients is { } gradients)
        {
            TaskGradientsJson.Write(json, gradients);
        }

        if (epoch.Affinity is { } affinity)
        {
            TaskLookAheadJson.Write(json, affinity);
        }

        json.WriteNumber("learningRate", epoch.LearningRate);
        if (epoch.ParameterDistance is { } distance)
        {
            json.WriteNumber("parameterDistance", distance);
        }

        if (epoch.ExpertUse is { } use)
        {
            ExpertUseJson.Write(json, use);
        }

        WriteFigures(json, "agreement", epoch.Agreement, tasks);
        if (epoch.Members.Count > 0)
        {
            json.WriteStartArray("members");
            foreach (TrainingEpoch member in epoch.Members)
            {
                WriteEpoch(json, member, tasks);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("ticks", epoch.Duration.Ticks);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double>? figures, IReadOnlyList<string> tasks)
    {
        if (figures is not null)
        {
            JsonNumbers.Write(json, name, tasks.Select(task => figures[task]));
        }
    }

    private static TrainingEpoch ReadEpoch(ManifestReader json, (string Task, string Metric)[] tasks, bool isMember = false)
    {
        IReadOnlyDictionary<string, double>? Figures(string name)
        {
            double[]? values = json.GetOptionalDoubles(name);
            return values is null ? null
                : values.Length == tasks.Length ? tasks.Zip(values).ToDictionary(pair => pair.First.Task, pair => pair.Second, StringComparer.Ordinal)
                : throw json.Invalid(name, $"{tasks.Length} numbers");
        }

        IReadOnlyDictionary<string, double> Needed(string name) => Figures(name) ?? throw json.Invalid(name, "numbers");

        string[] names = [.. tasks.Select(task => task.Task)];
        return new TrainingEpoch
        {
            Number = json.GetInt32("number", 1, MaximumNumberOfEpochs),
            TrainingLosses = Needed("trainingLosses"),
            TrainingMetrics = Needed("trainingMetrics"),
            ValidationLosses = Figures("validationLosses"),
            ValidationMetrics = Figures("validationMetrics"),
            TaskWeights = Needed("taskWeights"),
            Gradients = TaskGradientsJson.Read(json, names),
            Affinity = TaskLookAheadJson.Read(json, names),
            LearningRate = json.GetDouble("learningRate"),
            ParameterDistance = json.Has("parameterDistance") ? json.GetDouble("parameterDistance") : null,
            ExpertUse = ExpertUseJson.Read(json),
            Agreement = Figures("agreement"),
            Members = isMember || !json.Has("members") ? [] : [.. json.GetObjects("members").Select(member => ReadEpoch(member, tasks, isMember: true))],
            Duration = json.GetInt64("ticks", 0) is var ticks && ticks <= _longest.Ticks ? TimeSpan.FromTicks(ticks) : throw json.Invalid("ticks", "a duration"),
        };
    }
}
