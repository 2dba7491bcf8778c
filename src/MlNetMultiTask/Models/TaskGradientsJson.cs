using System.Text.Json;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>The comparison of gradients in the JSON of a history. A figure that is not there is null.</summary>
internal static class TaskGradientsJson
{
    private const string Name = "gradients";

    public static void Write(Utf8JsonWriter json, TaskGradients gradients)
    {
        (double[] norms, double[] cosines, double[] conflicts) = gradients.Export();
        json.WriteStartObject(Name);
        json.WriteNumber("steps", gradients.NumberOfSteps);
        JsonNumbers.Write(json, "norms", norms);
        JsonNumbers.Write(json, "cosines", cosines);
        JsonNumbers.Write(json, "conflicts", conflicts);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote into an epoch; null where there is nothing.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TaskGradients? Read(ManifestReader epoch, IReadOnlyList<string> tasks)
    {
        if (!epoch.Has(Name))
        {
            return null;
        }

        ManifestReader json = epoch.GetObject(Name);
        double[] Numbers(string name, int count, double minimum, double maximum) =>
            json.GetOptionalDoubles(name) is { } values && values.Length == count && Array.TrueForAll(values, value => double.IsNaN(value) || (value >= minimum && value <= maximum))
                ? values
                : throw json.Invalid(name, FormattableString.Invariant($"{count} numbers from {minimum} to {maximum}"));

        return new TaskGradients(
            tasks,
            json.GetInt32("steps", 1, int.MaxValue),
            Numbers("norms", tasks.Count, 0, double.MaxValue),
            Numbers("cosines", tasks.Count * tasks.Count, -1, 1),
            Numbers("conflicts", tasks.Count * tasks.Count, 0, 1));
    }
}
