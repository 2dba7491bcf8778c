using System.Text.Json;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>The look-ahead of an epoch in the JSON of a history. A figure that is not there is null.</summary>
internal static class TaskLookAheadJson
{
    private const string Name = "affinity";

    public static void Write(Utf8JsonWriter json, TaskLookAhead affinity)
    {
        json.WriteStartObject(Name);
        json.WriteNumber("steps", affinity.NumberOfSteps);
        JsonNumbers.Write(json, "lookAhead", affinity.Export());
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote into an epoch; null where there is nothing.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TaskLookAhead? Read(ManifestReader epoch, IReadOnlyList<string> tasks)
    {
        if (!epoch.Has(Name))
        {
            return null;
        }

        ManifestReader json = epoch.GetObject(Name);
        double[]? values = json.GetOptionalDoubles("lookAhead");
        return values is not null && values.Length == tasks.Count * tasks.Count && Array.TrueForAll(values, value => double.IsNaN(value) || value <= 1)
            ? new TaskLookAhead(tasks, json.GetInt32("steps", 1, int.MaxValue), values)
            : throw json.Invalid("lookAhead", FormattableString.Invariant($"{tasks.Count * tasks.Count} numbers of 1 at most"));
    }
}
