namespace MlNetMultiTask.Networks;

/// <summary>What it takes to build a trunk again, as plain data: what a model file keeps of it.</summary>
/// <param name="Kind">The trunk's kind, one of <see cref="TrunkKinds"/>.</param>
/// <param name="Sizes">The kind's own settings: named lists of sizes.</param>
internal sealed record TrunkDescription(string Kind, IReadOnlyDictionary<string, int[]> Sizes)
{
    /// <summary>The user's module, where the trunk is one; null elsewhere.</summary>
    public CustomModule? Module { get; init; }

    /// <summary>The kind and its settings in words.</summary>
    public string Describe() => $"{Kind}({SizeLists.Describe(Sizes)}{(Module is null ? "" : $", {Module.Describe()}")})";

    /// <summary>A setting of one number or more that the kind can't do without.</summary>
    /// <exception cref="FormatException">The description lacks it.</exception>
    public int[] GetSizes(string name) => SizeLists.Get(Sizes, name, $"{Kind} trunk");

    /// <summary>A setting that is one number.</summary>
    /// <exception cref="FormatException">The description lacks it, or it is another number.</exception>
    public int GetSize(string name, int minimum) => SizeLists.GetOne(Sizes, name, minimum, $"{Kind} trunk");
}
