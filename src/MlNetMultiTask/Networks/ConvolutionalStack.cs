using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>For features that are the pixels of an image: convolutions, each with a pooling that halves the image, and dense layers on what is left of it (LeCun, Bottou, Bengio, Haffner 1998).</summary>
internal sealed class ConvolutionalStack : LayerStack
{
    public const string KindName = "Convolutional";

    private const string Image = "image";
    private const string Filters = "filters";
    private const string KernelSize = "kernelSize";
    private const string Layers = "layers";
    private const string Interleaved = "interleaved";

    private readonly ConvolutionLayer[] _convolutions;
    private readonly DenseStack _dense;
    private readonly bool _interleaved;
    private readonly long[] _image;

    private ConvolutionalStack(TrunkDescription description, int inputs, HiddenLayers hidden)
        : base(nameof(ConvolutionalStack))
    {
        IReadOnlyList<ConvolutionShape> shapes = Read(description, inputs);
        int[] image = description.GetSizes(Image);
        _interleaved = description.Sizes.ContainsKey(Interleaved);
        _image = _interleaved ? [-1, image[0], image[1], image[2]] : [-1, image[2], image[0], image[1]];
        _convolutions = [.. shapes.Select(shape => new ConvolutionLayer(shape, hidden))];
        for (int i = 0; i < _convolutions.Length; i++)
        {
            register_module(Numbered("convolution", i), _convolutions[i]);
        }

        _dense = new DenseStack(shapes[^1].OutputCount, description.GetSizes(Layers), null, hidden);
        register_module("dense", _dense);
    }

    public override int OutputWidth => _dense.OutputWidth;

    /// <summary>Each convolution with what is behind it, and each dense layer.</summary>
    public override int StageCount => _convolutions.Length + _dense.StageCount;

    public override IReadOnlyList<Parameter> Parameters => [.. _convolutions.SelectMany(convolution => convolution.Parameters), .. _dense.Parameters];

    public override IReadOnlyList<Parameter> LastParameters => _dense.StageCount > 0 ? _dense.LastParameters : _convolutions[^1].Parameters;

    public static TrunkDescription Describe(int height, int width, int channels, IReadOnlyList<int> filters, int kernelSize, IReadOnlyList<int> layers, bool interleaved)
    {
        var sizes = new Dictionary<string, int[]> { [Image] = [height, width, channels], [Filters] = [.. filters], [KernelSize] = [kernelSize], [Layers] = [.. layers] };
        if (interleaved)
        {
            sizes[Interleaved] = [1];
        }

        return new TrunkDescription(KindName, sizes);
    }

    public static LayerStack Create(TrunkDescription description, int inputs, HiddenLayers hidden) => new ConvolutionalStack(description, inputs, hidden);

    public static NetworkSize Measure(TrunkDescription description, int inputs, HiddenLayers hidden)
    {
        IReadOnlyList<ConvolutionShape> shapes = Read(description, inputs);
        return shapes.Aggregate(
            DenseStack.Measure(shapes[^1].OutputCount, description.GetSizes(Layers), null, hidden),
            (sum, shape) => sum + ConvolutionLayer.Measure(shape, hidden));
    }

    public static int GetOutputWidth(TrunkDescription description, int inputs) =>
        description.GetSizes(Layers) is [.., var last] ? last : Read(description, inputs)[^1].OutputCount;

    public static int GetStageCount(TrunkDescription description) => description.GetSizes(Filters).Length + description.GetSizes(Layers).Length;

    public override long GetStageSize(int stage) =>
        stage < _convolutions.Length ? _convolutions[stage].Shape.OutputCount : _dense.GetStageSize(stage - _convolutions.Length);

    public override torch.Tensor ForwardStage(int stage, torch.Tensor input, Dropout? dropout)
    {
        if (stage >= _convolutions.Length)
        {
            return _dense.ForwardStage(stage - _convolutions.Length, input, dropout);
        }

        torch.Tensor x = _convolutions[stage].Forward(stage == 0 ? ToImage(input) : input, dropout);
        return stage == _convolutions.Length - 1 ? x.flatten(1) : x;
    }

    public override void Initialize(IRandomSource random)
    {
        Array.ForEach(_convolutions, convolution => convolution.Initialize(random));
        _dense.Initialize(random);
    }

    public override IEnumerable<NetworkLayer> DescribeLayers(string name, int? task) =>
        [.. _convolutions.Select((convolution, i) => convolution.Describe(Numbered($"{name}/convolution", i), task)), .. _dense.DescribeLayers($"{name}/dense", task)];

    private torch.Tensor ToImage(torch.Tensor input)
    {
        torch.Tensor image = input.view(_image);
        return _interleaved ? image.permute(0, 3, 1, 2).contiguous() : image;
    }

    private static IReadOnlyList<ConvolutionShape> Read(TrunkDescription description, int inputs)
    {
        int[] image = description.GetSizes(Image);
        int[] filters = description.GetSizes(Filters);
        int kernelSize = description.GetSize(KernelSize, 1);
        if (image.Length != 3 || Array.Exists(image, size => size < 1) || filters.Length == 0 || Array.Exists(filters, count => count < 1) || kernelSize % 2 == 0)
        {
            throw new FormatException($"A {KindName} trunk needs the height, width and channels of its images, filters of 1 or more, and an odd kernel size.");
        }

        long values = checked((long)image[0] * image[1] * image[2]);
        return values == inputs
            ? ConvolutionShape.Chain(image[2], image[0], image[1], kernelSize, filters)
            : throw new FormatException(FormattableString.Invariant(
                $"A {KindName} trunk for images of {image[0]} x {image[1]} pixels and {image[2]} channels reads {values} numbers, and there are {inputs}."));
    }
}
