using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>What mixes experts, row by row: the softmax of a linear function of a row; of the largest values only, if wanted (Shazeer et al. 2017).</summary>
internal sealed class Gate : torch.nn.Module
{
    private readonly DenseLayer _layer;
    private readonly int? _selected;

    /// <param name="inputs">The width of what the gate reads.</param>
    /// <param name="experts">The number of experts, E.</param>
    /// <param name="selected">How many experts a row is given to; null for all.</param>
    public Gate(int inputs, int experts, int? selected = null)
        : base(nameof(Gate))
    {
        _layer = new DenseLayer(inputs, experts);
        _selected = selected;
        register_module("layer", _layer);
    }

    public IReadOnlyList<Parameter> Parameters => _layer.Parameters;

    public static NetworkSize Measure(long inputs, long experts) => DenseLayer.Measure(inputs, experts);

    /// <summary>Computes what each expert weighs [B, E], and how likely it is among all.</summary>
    /// <param name="input">What the gate reads [B, F].</param>
    public (torch.Tensor Weights, torch.Tensor Probabilities) Forward(torch.Tensor input)
    {
        torch.Tensor values = _layer.Forward(input);
        torch.Tensor probabilities = values.softmax(1);
        if (_selected is not { } count)
        {
            return (probabilities, probabilities);
        }

        (torch.Tensor largest, torch.Tensor places) = values.topk(count, 1);
        return (torch.zeros_like(values, requires_grad: false).scatter(1, places, largest.softmax(1)), probabilities);
    }

    /// <summary>The mixture [B, H] of experts [B, E, H].</summary>
    public static torch.Tensor Mix(torch.Tensor weights, torch.Tensor experts) => weights.unsqueeze(1).bmm(experts).squeeze(1);

    public void Initialize(IRandomSource random) => _layer.Initialize(random, 1.0);

    /// <summary>The gate as a layer, with the mixing of outputs of a width.</summary>
    public NetworkLayer Describe(string name, int width, int? task)
    {
        (long experts, long inputs) = (_layer.Weight.shape[0], _layer.Weight.shape[1]);
        return new NetworkLayer(name, nameof(Gate), [inputs], [width], _layer.ParameterCount, _layer.Weight.numel() + (experts * width), task);
    }

    protected override void RegisterComponents()
    {
    }
}
