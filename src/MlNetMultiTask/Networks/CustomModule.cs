using System.Text;

namespace MlNetMultiTask.Networks;

/// <summary>A module of the user's as plain data: what a model file keeps of it beside its numbers.</summary>
/// <param name="Name">The name by which it is registered.</param>
/// <param name="Settings">What its factory is told.</param>
internal sealed record CustomModule(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The most settings there may be.</summary>
    public const int MaximumNumberOfSettings = 1000;

    private const int MaximumNameLength = 200;
    private const int MaximumValueLength = 100_000;
    private const long UsualSize = 1_000_000;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A module with settings that nobody changes later.</summary>
    public static CustomModule Create(string name, IReadOnlyDictionary<string, string>? settings) =>
        new(name, new Dictionary<string, string>(settings ?? new Dictionary<string, string>(), StringComparer.Ordinal).AsReadOnly());

    /// <summary>The name and the settings in words.</summary>
    public string Describe() => string.Join(", ", Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key} '{setting.Value}'").Prepend($"'{Name}'"));

    /// <summary>What is wrong with a name, as the end of a sentence; null for nothing.</summary>
    public static string? FindProblem(string name) =>
        string.IsNullOrWhiteSpace(name) ? "is empty"
        : name.Length > MaximumNameLength ? FormattableString.Invariant($"has {name.Length} characters; at most {MaximumNameLength} are possible")
        : !IsText(name) ? "is no valid Unicode text"
        : null;

    /// <summary>What is wrong with settings, as the end of a sentence; null for nothing.</summary>
    public static string? FindProblem(IReadOnlyDictionary<string, string> settings)
    {
        if (settings.Count > MaximumNumberOfSettings)
        {
            return FormattableString.Invariant($"has {settings.Count} entries; at most {MaximumNumberOfSettings} are possible");
        }

        foreach ((string name, string value) in settings)
        {
            string? problem = FindProblem(name) is { } ofName ? $"whose name {ofName}"
                : value is null ? $"'{name}', which is null"
                : value.Length > MaximumValueLength ? FormattableString.Invariant($"'{name}' of {value.Length} characters; at most {MaximumValueLength} are possible")
                : !IsText(value) ? $"'{name}', which is no valid Unicode text"
                : null;
            if (problem is not null)
            {
                return $"has an entry {problem}";
            }
        }

        return null;
    }

    /// <summary>
    /// Sizes that the factory is told must not be beyond all reason: nobody knows beforehand how much memory it takes for them, and a file may lie.
    /// </summary>
    /// <param name="size">The size.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="numbers">How many numbers the network has, or its file.</param>
    /// <exception cref="FormatException">The size is above a million, and above the number of numbers.</exception>
    public void RequireSize(long size, string what, long numbers)
    {
        if (size > Math.Max(UsualSize, numbers))
        {
            throw new FormatException(FormattableString.Invariant($"The custom module '{Name}' would have {size} {what}, with {numbers} numbers in all; more than {UsualSize} are possible only where there are as many numbers."));
        }
    }

    /// <summary>The first line of a message: torch appends its own calls.</summary>
    public static string GetFirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].TrimEnd();

    private static bool IsText(string text)
    {
        try
        {
            return _strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
