using System.Text.Json;

namespace MlNetMultiTask.Models;

/// <summary>Lists of numbers in JSON, which knows finite ones only: others are null.</summary>
internal static class JsonNumbers
{
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
