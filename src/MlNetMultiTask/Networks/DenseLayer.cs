using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// x Wᵀ + b. TorchSharp's own Linear would draw its first weights from torch's global generator, which belongs to the
/// host program.
/// </summary>
internal sealed class DenseLayer : torch.nn.Module
{
    public DenseLayer(int inputs, int outputs)
        : base(nameof(DenseLayer))
    {
        // Type and device are said, since their defaults are settings of the host program.
        Weight = new Parameter(torch.zeros(outputs, inputs, dtype: torch.float32, device: torch.CPU));
        Bias = new Parameter(torch.zeros(outputs, dtype: torch.float32, device: torch.CPU));
        register_parameter("weight", Weight);
        register_parameter("bias", Bias);
    }

    /// <summary>W [outputs, inputs].</summary>
    public Parameter Weight { get; }

    /// <summary>b [outputs].</summary>
    public Parameter Bias { get; }

    /// <summary>W and b.</summary>
    public IReadOnlyList<Parameter> Parameters => [Weight, Bias];

    public long ParameterCount => Weight.numel() + Bias.numel();

    public static NetworkSize Measure(long inputs, long outputs) => new(checked((inputs + 1) * outputs), 2);

    public torch.Tensor Forward(torch.Tensor input) => torch.nn.functional.linear(input, Weight, Bias);

    /// <summary>The outputs [A, R, outputs] of several layers of the same size, each on inputs of its own [A, R, inputs].</summary>
    public static torch.Tensor ForwardTogether(IReadOnlyList<DenseLayer> layers, torch.Tensor input) =>
        input.bmm(torch.stack([.. layers.Select(layer => layer.Weight)]).transpose(1, 2)).Plus(torch.stack([.. layers.Select(layer => layer.Bias)]).unsqueeze(1));

    /// <summary>Uniform weights of deviation gain / √inputs, and the given bias (by default 0).</summary>
    public void Initialize(IRandomSource random, double gain, float[]? bias = null) => Initialize(Weight, Bias, random, gain, bias);

    /// <summary>The same of any weight [outputs, ...] of which each output reads all the rest.</summary>
    public static void Initialize(Parameter weight, Parameter bias, IRandomSource random, double gain, float[]? biasValues = null)
    {
        float[] weights = new float[weight.numel()];
        long inputs = weights.Length / weight.shape[0];
        random.FillUniform(weights, (float)(gain * Math.Sqrt(3.0 / inputs)));
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        weight.copy_(torch.tensor(weights, weight.shape));
        bias.copy_(biasValues is null ? torch.zeros_like(bias) : torch.tensor(biasValues));
    }
}
