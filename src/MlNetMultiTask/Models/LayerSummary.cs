namespace MlNetMultiTask;

/// <summary>A layer of a model, as <see cref="ModelSummary"/> lists it.</summary>
public sealed class LayerSummary
{
    internal LayerSummary()
    {
    }

    /// <summary>Where the layer is in the model, for example <c>shared/0</c>, or <c>member1/head0/0</c> where there are several networks.</summary>
    public required string Name { get; init; }

    /// <summary>What it computes: <c>Dense</c>, <c>Convolution</c> and the like. Normalisation and activation behind it, and the pooling behind a convolution, are parts of it.</summary>
    public required string Kind { get; init; }

    /// <summary>The shape of its input for one row: the number of values, or the channels, height and width of an image.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>The shape of its output for one row.</summary>
    public required IReadOnlyList<long> OutputShape { get; init; }

    /// <summary>The number of its parameters.</summary>
    public required long NumberOfParameters { get; init; }

    /// <summary>The multiplications with an addition behind them that it takes for one row; null where nobody knows: of modules of your own, linear layers, convolutions and normalisations are known.</summary>
    public required long? MultiplyAddsPerRow { get; init; }

    /// <summary>The name of the task that it serves; null where it is shared by several.</summary>
    public required string? Task { get; init; }

    /// <summary>Returns the layer on one line.</summary>
    /// <returns>For example <c>shared/0: Dense, 4 to 8, 40 parameters</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"{Name}: {Kind}, {Describe(InputShape)} to {Describe(OutputShape)}, {NumberOfParameters:N0} parameters");

    /// <summary>A shape as a table shows it.</summary>
    internal static string Describe(IReadOnlyList<long> shape) => string.Join(" x ", shape.Select(size => FormattableString.Invariant($"{size}")));
}
