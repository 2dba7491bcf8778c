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

    /// <summary>What the lower layers are made of, where they are not dense layers whose widths are among <see cref="Sizes"/>.</summary>
    public TrunkDescription? Trunk { get; init; }

    /// <summary>The user's module, where the network is one; null elsewhere.</summary>
    public CustomModule? Module { get; init; }

    /// <summary>Whether it has modules of the user's, of which nobody knows how many numbers they have before they are built.</summary>
    public bool HasCustomModules => Module is not null || Trunk?.Module is not null || Members.Any(member => member.HasCustomModules);

    /// <summary>Describes a network with a trunk; of dense layers, the widths are among the settings, as in files before there were others.</summary>
    /// <param name="kind">The network's kind.</param>
    /// <param name="featureCount">The number of features, F.</param>
    /// <param name="outputCounts">Per task, the number of raw outputs.</param>
    /// <param name="layers">The setting for the widths of dense layers.</param>
    /// <param name="trunk">The trunk.</param>
    /// <param name="sizes">The other settings.</param>
    public static NetworkDescription Create(string kind, int featureCount, IReadOnlyList<int> outputCounts, string layers, TrunkDescription trunk, IEnumerable<KeyValuePair<string, int[]>> sizes)
    {
        int[]? widths = trunk.Kind == DenseStack.KindName ? DenseStack.GetWidths(trunk) : null;
        IEnumerable<KeyValuePair<string, int[]>> all = widths is null ? sizes : sizes.Prepend(new(layers, widths));
        return new NetworkDescription(kind, featureCount, outputCounts, new Dictionary<string, int[]>(all)) { Trunk = widths is null ? trunk : null };
    }

    /// <summary>The kind, its settings, trunk and members in words: equal where networks of as many features and outputs are.</summary>
    public string Describe()
    {
        IEnumerable<string> parts = [Module?.Describe() ?? "", SizeLists.Describe(Sizes), Trunk?.Describe() ?? "", .. Members.Select(member => member.Describe())];
        return $"{Kind}({string.Join(", ", parts.Where(part => part.Length > 0))})";
    }

    /// <summary>The trunk: what is said of it, or else dense layers of the widths of a setting.</summary>
    /// <exception cref="FormatException">There is neither.</exception>
    public TrunkDescription GetTrunk(string layers) => Trunk ?? DenseStack.Describe(GetSizes(layers));

    /// <summary>A setting that the kind can't do without.</summary>
    /// <exception cref="FormatException">The description lacks it.</exception>
    public int[] GetSizes(string name) => SizeLists.Get(Sizes, name, $"{Kind} network");

    /// <summary>A setting that is one number.</summary>
    /// <exception cref="FormatException">The description lacks it, or it is another number.</exception>
    public int GetSize(string name, int minimum) => SizeLists.GetOne(Sizes, name, minimum, $"{Kind} network");
}
