namespace MlNetMultiTask.Networks;

/// <summary>The trunks that can be built from a description: one line a kind.</summary>
internal static class TrunkKinds
{
    private static readonly Dictionary<string, TrunkKind> _kinds = new(StringComparer.Ordinal)
    {
        [DenseStack.KindName] = new(DenseStack.Create, DenseStack.Measure, DenseStack.GetOutputWidth, DenseStack.GetStageCount),
        [ResidualStack.KindName] = new(ResidualStack.Create, ResidualStack.Measure, ResidualStack.GetOutputWidth, ResidualStack.GetStageCount),
        [ConvolutionalStack.KindName] = new(ConvolutionalStack.Create, ConvolutionalStack.Measure, ConvolutionalStack.GetOutputWidth, ConvolutionalStack.GetStageCount),
        [CustomStack.KindName] = new(CustomStack.Create, CustomStack.Measure, CustomStack.GetOutputWidth, CustomStack.GetStageCount),
    };

    /// <summary>Builds the trunk; its parameters are 0.</summary>
    /// <param name="description">Its description.</param>
    /// <param name="inputs">The width of its input.</param>
    /// <param name="hidden">What hidden layers are made of.</param>
    /// <exception cref="FormatException">The kind is unknown, a setting is missing, or the trunk does not take inputs of this width.</exception>
    public static LayerStack Create(TrunkDescription description, int inputs, HiddenLayers hidden) => Find(description).Create(description, inputs, hidden);

    /// <summary>The number of parameters that the trunk would have, without building it; those of the user's modules are not counted.</summary>
    /// <exception cref="FormatException">As of <see cref="Create"/>.</exception>
    /// <exception cref="OverflowException">The number is beyond all bounds.</exception>
    public static NetworkSize Measure(TrunkDescription description, int inputs, HiddenLayers hidden) => Find(description).Measure(description, inputs, hidden);

    /// <summary>The width of the output that the trunk would have.</summary>
    /// <exception cref="FormatException">As of <see cref="Create"/>.</exception>
    public static int GetOutputWidth(TrunkDescription description, int inputs) => Find(description).GetOutputWidth(description, inputs);

    /// <summary>The number of stages that the trunk would have.</summary>
    /// <exception cref="FormatException">As of <see cref="Create"/>.</exception>
    public static int GetStageCount(TrunkDescription description) => Find(description).GetStageCount(description);

    private static TrunkKind Find(TrunkDescription description) =>
        _kinds.TryGetValue(description.Kind, out TrunkKind? kind)
            ? kind
            : throw new FormatException($"The trunk kind '{description.Kind}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", _kinds.Keys)}.");

    private sealed record TrunkKind(
        Func<TrunkDescription, int, HiddenLayers, LayerStack> Create,
        Func<TrunkDescription, int, HiddenLayers, NetworkSize> Measure,
        Func<TrunkDescription, int, int> GetOutputWidth,
        Func<TrunkDescription, int> GetStageCount);
}
