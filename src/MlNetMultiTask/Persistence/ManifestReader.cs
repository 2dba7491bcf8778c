using System.Text.Json;

namespace MlNetMultiTask.Persistence;

/// <summary>
/// Reads a JSON manifest value by value. Whatever is missing, of another type or out of range is a
/// <see cref="FormatException"/> that names the place.
/// </summary>
internal sealed class ManifestReader
{
    private const int MaximumDepth = 32;

    private readonly JsonElement _element;
    private readonly string _path;

    private ManifestReader(JsonElement element, string path)
    {
        _element = element;
        _path = path;
    }

    /// <summary>Parses a manifest; its root must be an object.</summary>
    public static ManifestReader Parse(byte[] utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ManifestReader(document.RootElement.Clone(), "")
                : throw new FormatException("The model's manifest is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The model's manifest is not valid JSON: " + e.Message);
        }
    }

    public bool Has(string name) => Find(name) is not null;

    public string GetString(string name) => GetOptionalString(name) ?? throw Missing(name, "a text");

    public string? GetOptionalString(string name) =>
        Find(name) is not { } value ? null
        : ReadText(value) ?? throw Missing(name, "a text");

    public bool GetBoolean(string name) =>
        Find(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : throw Missing(name, "true or false");

    public int GetInt32(string name, int minimum, int maximum) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Missing(name, $"a whole number from {minimum} to {maximum}");

    public long GetInt64(string name, long minimum) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= minimum
            ? number
            : throw Missing(name, $"a whole number of {minimum} or more");

    public double GetDouble(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Missing(name, "a finite number");

    public float GetSingle(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetSingle(out float number) && float.IsFinite(number)
            ? number
            : throw Missing(name, "a finite number");

    public float? GetOptionalSingle(string name) => Find(name) is null ? null : GetSingle(name);

    /// <summary>An array of whole numbers of 1 or more.</summary>
    public int[] GetSizes(string name) =>
        [.. GetItems(name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int size) && size > 0 ? size : throw Missing(name, "an array of whole numbers of 1 or more"))];

    public float[]? GetOptionalSingles(string name) =>
        Find(name) is null
            ? null
            : [.. GetItems(name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float number) && float.IsFinite(number) ? number : throw Missing(name, "an array of finite numbers"))];

    public long[] GetInt64s(string name) =>
        [.. GetItems(name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) ? number : throw Missing(name, "an array of whole numbers"))];

    /// <summary>An array of numbers, of which null is NaN.</summary>
    public double[]? GetOptionalDoubles(string name) =>
        Find(name) is null
            ? null
            : [.. GetItems(name).Select(item =>
                item.ValueKind == JsonValueKind.Null ? double.NaN
                : item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number) ? number
                : throw Missing(name, "an array of finite numbers or null"))];

    public string[] GetStrings(string name) =>
        [.. GetItems(name).Select(item => ReadText(item) ?? throw Missing(name, "an array of texts"))];

    public ManifestReader GetObject(string name) => GetOptionalObject(name) ?? throw Missing(name, "an object");

    public ManifestReader? GetOptionalObject(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new ManifestReader(value, PathOf(name))
        : throw Missing(name, "an object");

    public IReadOnlyList<ManifestReader> GetObjects(string name) =>
        [.. GetItems(name).Select((item, index) => item.ValueKind == JsonValueKind.Object ? new ManifestReader(item, $"{PathOf(name)}[{index}]") : throw Missing(name, "an array of objects"))];

    /// <summary>An exception for a value that is there and makes no sense.</summary>
    public FormatException Invalid(string name, string expected) => Missing(name, expected);

    private IEnumerable<JsonElement> GetItems(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Missing(name, "an array");

    private JsonElement? Find(string name)
    {
        try
        {
            return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
        catch (InvalidOperationException)
        {
            // One of the names beside it is not valid text.
            throw Missing(name, "a readable value");
        }
    }

    /// <summary>The text of a value; null where it is another value, or text that is not valid Unicode, which the parser lets pass.</summary>
    private static string? ReadText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private FormatException Missing(string name, string expected) =>
        new($"The model's manifest must have {expected} at '{PathOf(name)}': the file is damaged, or was written by an incompatible version.");
}
