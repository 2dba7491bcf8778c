using System.Globalization;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>What the lower layers of a network are made of: those between the features and the tasks' heads.</summary>
/// <remarks>Activation, normalisation and dropout of hidden layers are those of the trainer's options. A trunk is plain data: one may serve several trainers.</remarks>
public sealed class Trunk
{
    private readonly TrunkDescription _description;
    private readonly string _text;

    private Trunk(TrunkDescription description, string text)
    {
        _description = description;
        _text = text;
    }

    /// <summary>What the features must be for this trunk, as a number; null where any will do.</summary>
    private int? Inputs { get; init; }

    /// <summary>Dense layers, one behind the other, as the trainers have them by default.</summary>
    /// <param name="layers">Their widths, from the features upwards; none at all gives the features as they are.</param>
    /// <returns>The trunk.</returns>
    /// <exception cref="ArgumentException">A width is below 1.</exception>
    public static Trunk Dense(params IReadOnlyList<int> layers)
    {
        RequireWidths(layers, nameof(layers));
        return new Trunk(DenseStack.Describe(layers), $"Dense({Join(layers)})");
    }

    /// <summary>
    /// Residual blocks for tables (Gorishniy, Rubachev, Khrulkov, Babenko 2021, "Revisiting Deep Learning Models for Tabular Data"): a dense layer to <paramref name="width"/> units; blocks
    /// that add W₂ drop(f(W₁ norm(x))) to what they get; f(norm(x)) at the end. The activation f and the rate of dropout are those of the trainer's options; layers are normalised in any case, by
    /// rows (Ba, Kiros, Hinton 2016) where the paper normalises by batches, so that a row is computed by itself in training too.
    /// </summary>
    /// <param name="width">The width of the layers that blocks add to; 1 or more.</param>
    /// <param name="numberOfBlocks">The number of blocks; 1 or more.</param>
    /// <param name="hiddenWidth">The width inside a block; null for twice <paramref name="width"/>.</param>
    /// <returns>The trunk.</returns>
    /// <exception cref="ArgumentException">An argument is below 1.</exception>
    public static Trunk Residual(int width = 128, int numberOfBlocks = 2, int? hiddenWidth = null)
    {
        Require(width, 1, nameof(width));
        Require(numberOfBlocks, 1, nameof(numberOfBlocks));
        Require(hiddenWidth ?? 1, 1, nameof(hiddenWidth));
        RequireBounded(() => checked(hiddenWidth ?? (2 * width)), string.Create(CultureInfo.InvariantCulture, $"The width {width}, and twice as much inside blocks, is"), nameof(width));
        int inner = hiddenWidth ?? (2 * width);
        return new Trunk(ResidualStack.Describe(width, inner, numberOfBlocks), string.Create(CultureInfo.InvariantCulture, $"Residual({numberOfBlocks} blocks of {width}, {inner} inside)"));
    }

    /// <summary>
    /// Convolutions for features that are the pixels of an image (LeCun, Bottou, Bengio, Haffner 1998): each keeps the image's size, and behind its activation the maximum over squares of 2 x 2 halves it;
    /// dense layers follow. An image of height 1 is a series: kernels and squares are then as long as they would be wide. With the option <c>LayerNormalization</c>, an image is normalised over all its
    /// channels and pixels.
    /// </summary>
    /// <param name="height">The height of the images, in pixels.</param>
    /// <param name="width">Their width.</param>
    /// <param name="channels">Their channels: 1 for grey values, 3 for colours. The features are <paramref name="height"/> · <paramref name="width"/> · <paramref name="channels"/> numbers, rows of pixels from the top.</param>
    /// <param name="filters">The filters of each convolution; null for 16, 32.</param>
    /// <param name="layers">The widths of the dense layers behind the last convolution; null for 64. Empty: the heads see the convolution's output.</param>
    /// <param name="kernelSize">The side of the kernels: an odd number.</param>
    /// <param name="interleaved">
    /// Whether the channels of a pixel lie side by side, as <c>ExtractPixels</c> gives them with <c>interleavePixelColors: true</c>; otherwise channel lies behind channel, as it does by default.
    /// </param>
    /// <returns>The trunk.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public static Trunk Convolutional(
        int height, int width, int channels = 1, IReadOnlyList<int>? filters = null, IReadOnlyList<int>? layers = null, int kernelSize = 3, bool interleaved = false)
    {
        Require(height, 1, nameof(height));
        Require(width, 1, nameof(width));
        Require(channels, 1, nameof(channels));
        Require(kernelSize, 1, nameof(kernelSize));
        filters ??= [16, 32];
        layers ??= [64];
        RequireWidths(filters, nameof(filters));
        RequireWidths(layers, nameof(layers));
        if (filters.Count == 0 || kernelSize % 2 == 0)
        {
            throw filters.Count == 0
                ? new ArgumentException("There is no filter; give those of one convolution or more, or use Trunk.Dense.", nameof(filters))
                : new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The kernel size is {kernelSize}; only an odd one keeps the image's size."), nameof(kernelSize));
        }

        string size = string.Create(CultureInfo.InvariantCulture, $"{height} x {width} x {channels}{(interleaved ? " interleaved" : "")}");
        RequireBounded(() => checked(height * width * channels), $"An image of {size} values is", nameof(height));
        RequireBounded(
            () => ConvolutionShape.Chain(channels, height, width, kernelSize, filters).Sum(shape => shape.MultiplyAdds),
            string.Create(CultureInfo.InvariantCulture, $"What filters of {Join(filters)}, with kernels of {kernelSize} x {kernelSize}, make of an image of {size} values is"),
            nameof(filters));
        return new Trunk(
            ConvolutionalStack.Describe(height, width, channels, filters, kernelSize, layers, interleaved),
            string.Create(CultureInfo.InvariantCulture, $"Convolutional({size}; filters {Join(filters)}, kernels {kernelSize} x {kernelSize}; layers {Join(layers)})"))
        {
            Inputs = height * width * channels,
        };
    }

    /// <summary>
    /// A module of your own, from features [B, F] to [B, H], which is registered by a name with <see cref="MultiTaskNetworks.RegisterTrunk"/>. Activation, normalisation and dropout of its layers
    /// are its own affair; the trainer's options are for the heads. Its first values come from its factory, and are the same again only where it implements <see cref="ISeededModule"/>.
    /// </summary>
    /// <param name="name">The name by which it is registered.</param>
    /// <param name="outputWidth">H, the width of its output; 1 or more.</param>
    /// <param name="settings">What its factory is told; kept in model files. Null for nothing.</param>
    /// <returns>The trunk.</returns>
    /// <exception cref="ArgumentException">An argument is not valid. Whether the name is registered is seen when a network is built.</exception>
    public static Trunk Custom(string name, int outputWidth, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Require(outputWidth, 1, nameof(outputWidth));
        if (CustomModule.FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"{nameof(name)} {problem}.", nameof(name));
        }

        if (settings is not null && CustomModule.FindProblem(settings) is { } ofSettings)
        {
            throw new ArgumentException($"{nameof(settings)} {ofSettings}.", nameof(settings));
        }

        var module = CustomModule.Create(name, settings);
        return new Trunk(CustomStack.Describe(module, outputWidth), string.Create(CultureInfo.InvariantCulture, $"Custom({module.Describe()}; {outputWidth} wide)"));
    }

    /// <summary>Returns the kind and its sizes.</summary>
    /// <returns>For example <c>Dense(128, 64)</c>.</returns>
    public override string ToString() => _text;

    /// <summary>The trunk as a network's description has it.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <exception cref="ArgumentException">The trunk needs another number of inputs.</exception>
    internal TrunkDescription Describe(int inputs) => Inputs is { } needed && needed != inputs
        ? throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"The trunk {_text} reads {needed} numbers, and there are {inputs} features. Give the height, width and channels of the images that the features are, or another trunk."))
        : _description;

    private static string Join(IReadOnlyList<int> widths) => widths.Count == 0 ? "none" : string.Join(", ", widths.Select(width => width.ToString(CultureInfo.InvariantCulture)));

    private static void Require(int value, int minimum, string parameter)
    {
        if (value < minimum)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{parameter} is {value}; it must be {minimum} or more."), parameter);
        }
    }

    /// <summary>Sizes that are no mistake on their own may be one together.</summary>
    private static void RequireBounded(Func<long> measure, string subject, string parameter)
    {
        try
        {
            _ = measure();
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"{subject} beyond all bounds; give smaller ones.", parameter);
        }
    }

    private static void RequireWidths(IReadOnlyList<int>? widths, string parameter)
    {
        ArgumentNullException.ThrowIfNull(widths, parameter);
        foreach (int width in widths)
        {
            Require(width, 1, parameter);
        }
    }
}
