namespace MlNetMultiTask.Networks;

/// <summary>What it takes to build a network again, as plain data: what a model file keeps of it.</summary>
/// <param name="Kind">The network's kind, one of <see cref="NetworkKinds"/>.</param>
/// <param name="FeatureCount">The number of features, F.</param>
/// <param name="OutputCounts">Per task, the number of raw outputs, K.</param>
/// <param name="Sizes">The kind's own settings: named lists of layer sizes.</param>
internal sealed record NetworkDescription(
    string Kind, int FeatureCount, IReadOnlyList<int> OutputCounts, IReadOnlyDictionary<string, int[]> Sizes)
{
    /// <summary>A setting that the kind can't do without.</summary>
    /// <exception cref="FormatException">The description lacks it.</exception>
    public int[] GetSizes(string name) =>
        Sizes.TryGetValue(name, out int[]? sizes) ? sizes : throw new FormatException($"A {Kind} network needs the setting '{name}'.");
}
