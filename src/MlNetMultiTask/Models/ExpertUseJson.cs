using System.Text.Json;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>The use of experts in the JSON of a history. A figure that is not there is null.</summary>
internal static class ExpertUseJson
{
    private const string Name = "gates";
    private const int MaximumNumberOfLevels = 10_000;

    public static void Write(Utf8JsonWriter json, ExpertUse use)
    {
        json.WriteStartArray(Name);
        foreach (ExpertGate gate in use.Gates)
        {
            json.WriteStartObject();
            json.WriteNumber("level", gate.Level);
            if (gate.Task is { } task)
            {
                json.WriteString("task", task);
            }

            if (gate.Network > 0)
            {
                json.WriteNumber("network", gate.Network);
            }

            json.WriteStartArray("experts");
            foreach (string expert in gate.Experts)
            {
                json.WriteStringValue(expert);
            }

            json.WriteEndArray();
            JsonNumbers.Write(json, "meanWeights", gate.MeanWeights);
            JsonNumbers.Write(json, "selectedShares", gate.SelectedShares);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote into an epoch; null where there is nothing.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ExpertUse? Read(ManifestReader epoch) => epoch.Has(Name) ? new ExpertUse([.. epoch.GetObjects(Name).Select(ReadGate)]) : null;

    private static ExpertGate ReadGate(ManifestReader json)
    {
        string[] experts = json.GetStrings("experts") is { Length: > 0 } names ? names : throw json.Invalid("experts", "the names of experts");
        double[] Numbers(string name) => json.GetOptionalDoubles(name) is { } values && values.Length == experts.Length ? values : throw json.Invalid(name, $"{experts.Length} numbers");

        return new ExpertGate
        {
            Level = json.GetInt32("level", 1, MaximumNumberOfLevels),
            Task = json.GetOptionalString("task"),
            Network = json.Has("network") ? json.GetInt32("network", 1, MaximumNumberOfLevels) : 0,
            Experts = experts,
            MeanWeights = Numbers("meanWeights"),
            SelectedShares = Numbers("selectedShares"),
        };
    }
}
