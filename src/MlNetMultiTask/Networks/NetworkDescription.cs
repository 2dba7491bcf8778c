namespace MlNetMultiTask.Networks;

/// <summary>What it takes to build a network again, as plain data: what a model file keeps of it.</summary>
/// <param name="Kind">The network's kind, one of <see cref="NetworkKinds"/>.</param>
/// <param name="FeatureCount">The number of features, F.</param>
/// <param name="OutputCounts">Per task, the number of raw outputs, K.</param>
/// <param name="Sizes">The kind's own settings: named lists of layer sizes.</param>
internal sealed record NetworkDescription(
    string Kind, int FeatureCount, IReadOnlyList<int> OutputCounts, IReadOnlyDictionary<string, int[]> Sizes)
{
    /// <summary>The networks inside this one, where its kind is made of several; empty elsewhere.</summary>
    public IReadOnlyList<NetworkDescription> Members { get; init; } = [];

    /// <summary>The kind, its settings and its members in words: equal where networks of as many features and outputs are.</summary>
    public string Describe() =>
        $"{Kind}({string.Join(", ", Sizes.OrderBy(size => size.Key, StringComparer.Ordinal).Select(size => $"{size.Key} {string.Join('-', size.Value)}").Concat(Members.Select(member => member.Describe())))})";

    /// <summary>A setting that the kind can't do without.</summary>
    /// <exception cref="FormatException">The description lacks it.</exception>
    public int[] GetSizes(string name) =>
        Sizes.TryGetValue(name, out int[]? sizes) ? sizes : throw new FormatException($"A {Kind} network needs the setting '{name}'.");
}
