namespace MlNetMultiTask.Networks;

/// <summary>Named lists of sizes, which may come from a file that lies.</summary>
internal static class SizeLists
{
    /// <summary>The lists in words, by their names.</summary>
    public static string Describe(IReadOnlyDictionary<string, int[]> sizes) =>
        string.Join(", ", sizes.OrderBy(size => size.Key, StringComparer.Ordinal).Select(size => $"{size.Key} {string.Join('-', size.Value)}"));

    /// <exception cref="FormatException">There is no such list.</exception>
    public static int[] Get(IReadOnlyDictionary<string, int[]> sizes, string name, string of) =>
        sizes.TryGetValue(name, out int[]? values) ? values : throw new FormatException($"A {of} needs the setting '{name}'.");

    /// <exception cref="FormatException">There is no such list, or it is not one number of this or more.</exception>
    public static int GetOne(IReadOnlyDictionary<string, int[]> sizes, string name, int minimum, string of) =>
        Get(sizes, name, of) is [var value] && value >= minimum
            ? value
            : throw new FormatException(FormattableString.Invariant($"The setting '{name}' of a {of} must be one number of {minimum} or more."));
}
