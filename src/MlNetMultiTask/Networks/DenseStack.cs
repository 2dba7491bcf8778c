using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Dense layers with ReLU after each; with an output layer, no ReLU after that one.</summary>
internal sealed class DenseStack : torch.nn.Module
{
    /// <summary>Keeps the variance of activations through a ReLU (He, Zhang, Ren, Sun 2015).</summary>
    private const double ReluGain = 1.4142135623730951;

    private readonly DenseLayer[] _layers;
    private readonly bool _hasOutputLayer;

    /// <param name="inputs">The width of the input.</param>
    /// <param name="hidden">The widths of the hidden layers.</param>
    /// <param name="outputs">The width of the output layer; null for none.</param>
    public DenseStack(int inputs, IReadOnlyList<int> hidden, int? outputs)
        : base(nameof(DenseStack))
    {
        int[] widths = [inputs, .. hidden, .. outputs is { } last ? [last] : Array.Empty<int>()];
        _hasOutputLayer = outputs is not null;
        OutputWidth = widths[^1];
        _layers = [.. widths.Skip(1).Select((width, i) => new DenseLayer(widths[i], width))];
        for (int i = 0; i < _layers.Length; i++)
        {
            register_module(i.ToString(System.Globalization.CultureInfo.InvariantCulture), _layers[i]);
        }
    }

    public int OutputWidth { get; }

    public IReadOnlyList<Parameter> Parameters => [.. _layers.SelectMany(layer => new[] { layer.Weight, layer.Bias })];

    public static long CountParameters(int inputs, IReadOnlyList<int> hidden, int? outputs)
    {
        long count = 0;
        long width = inputs;
        foreach (int next in outputs is { } last ? hidden.Append(last) : hidden)
        {
            count = checked(count + DenseLayer.CountParameters(width, next));
            width = next;
        }

        return count;
    }

    public torch.Tensor Forward(torch.Tensor input)
    {
        torch.Tensor x = input;
        for (int i = 0; i < _layers.Length; i++)
        {
            x = _layers[i].Forward(x);
            if (i < _layers.Length - 1 || !_hasOutputLayer)
            {
                x = x.relu();
            }
        }

        return x;
    }

    public void Initialize(IRandomSource random, float[]? outputBias)
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            bool isOutput = _hasOutputLayer && i == _layers.Length - 1;
            _layers[i].Initialize(random, isOutput ? 1.0 : ReluGain, isOutput ? outputBias : null);
        }
    }
}
