using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Layer normalisation (Ba, Kiros, Hinton 2016): each row's outputs are brought to mean 0 and deviation 1, then to a learned scale and shift.</summary>
internal sealed class LayerNormalization : torch.nn.Module
{
    private const double Epsilon = 1e-5;

    private readonly long[] _shape;

    public LayerNormalization(int width)
        : base(nameof(LayerNormalization))
    {
        _shape = [width];
        Gain = new Parameter(torch.ones(width, dtype: torch.float32, device: torch.CPU));
        Bias = new Parameter(torch.zeros(width, dtype: torch.float32, device: torch.CPU));
        register_parameter("gain", Gain);
        register_parameter("bias", Bias);
    }

    public Parameter Gain { get; }

    public Parameter Bias { get; }

    public IReadOnlyList<Parameter> Parameters => [Gain, Bias];

    public long ParameterCount => Gain.numel() + Bias.numel();

    public static NetworkSize Measure(int width) => new(2L * width, 2);

    public torch.Tensor Forward(torch.Tensor input) => torch.nn.functional.layer_norm(input, _shape, Gain, Bias, Epsilon);

    /// <summary>The same of images [B, width, ...]: each row over all its channels and places, to a scale and shift for each channel.</summary>
    public torch.Tensor ForwardImage(torch.Tensor input) => torch.nn.functional.group_norm(input, 1, Gain, Bias, Epsilon);

    /// <summary>Several normalisations of the same width, each of rows of its own [A, R, width].</summary>
    public static torch.Tensor ForwardTogether(IReadOnlyList<LayerNormalization> layers, torch.Tensor input) =>
        (torch.nn.functional.layer_norm(input, layers[0]._shape, null, null, Epsilon) * torch.stack([.. layers.Select(layer => layer.Gain)]).unsqueeze(1))
            .Plus(torch.stack([.. layers.Select(layer => layer.Bias)]).unsqueeze(1));

    public void Initialize()
    {
        using IDisposable noGradient = torch.no_grad();
        using IDisposable scope = torch.NewDisposeScope();
        Gain.copy_(torch.ones_like(Gain));
        Bias.zero_();
    }
}
