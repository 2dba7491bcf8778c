using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A convolution that keeps the image's size, and behind it normalisation (if wanted), activation, the maximum over squares of 2 x 2, and dropout.</summary>
internal sealed class ConvolutionLayer : torch.nn.Module
{
    private readonly HiddenLayers _hidden;
    private readonly LayerNormalization? _normalization;

    public ConvolutionLayer(ConvolutionShape shape, HiddenLayers hidden)
        : base(nameof(ConvolutionLayer))
    {
        _hidden = hidden;
        Shape = shape;
        Weight = new Parameter(torch.zeros([shape.Filters, shape.Channels, shape.KernelHeight, shape.KernelWidth], dtype: torch.float32, device: torch.CPU));
        Bias = new Parameter(torch.zeros(shape.Filters, dtype: torch.float32, device: torch.CPU));
        register_parameter("weight", Weight);
        register_parameter("bias", Bias);
        if (hidden.LayerNormalization)
        {
            _normalization = new LayerNormalization(shape.Filters);
            register_module("normalization", _normalization);
        }
    }

    public ConvolutionShape Shape { get; }

    /// <summary>The kernels [filters, channels, height, width].</summary>
    public Parameter Weight { get; }

    /// <summary>b [filters].</summary>
    public Parameter Bias { get; }

    public IReadOnlyList<Parameter> Parameters => [Weight, Bias, .. _normalization?.Parameters ?? []];

    public static NetworkSize Measure(ConvolutionShape shape, HiddenLayers hidden) =>
        new NetworkSize(shape.ParameterCount, 2) + (hidden.LayerNormalization ? LayerNormalization.Measure(shape.Filters) : default);

    public torch.Tensor Forward(torch.Tensor input, Dropout? dropout)
    {
        torch.Tensor x = torch.nn.functional.conv2d(input, Weight, Bias, [1, 1], [Shape.KernelHeight / 2, Shape.KernelWidth / 2], [1, 1], 1);
        x = _hidden.Activate(_normalization?.ForwardImage(x) ?? x);
        (long, long) pool = (Shape.PoolHeight, Shape.PoolWidth);
        x = torch.nn.functional.max_pool2d(x, pool, pool);
        return dropout?.Apply(x) ?? x;
    }

    public void Initialize(IRandomSource random)
    {
        DenseLayer.Initialize(Weight, Bias, random, _hidden.Gain);
        _normalization?.Initialize();
    }

    /// <summary>Does nothing: by it, the normalisation would be registered once more by the name of its field.</summary>
    protected override void RegisterComponents()
    {
    }

    public NetworkLayer Describe(string name, int? task) => new(
        name,
        "Convolution",
        [Shape.Channels, Shape.Height, Shape.Width],
        [Shape.Filters, Shape.OutputHeight, Shape.OutputWidth],
        Shape.ParameterCount + (_normalization?.ParameterCount ?? 0),
        Shape.MultiplyAdds,
        task);
}
