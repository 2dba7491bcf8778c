using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Dense hidden layers, each with normalisation (if wanted), activation and dropout; with an output layer, that one is bare.</summary>
internal sealed class DenseStack : torch.nn.Module
{
    private readonly HiddenLayers _hidden;
    private readonly DenseLayer[] _layers;
    private readonly LayerNormalization[] _normalizations;
    private readonly bool _hasOutputLayer;

    /// <param name="inputs">The width of the input.</param>
    /// <param name="widths">The widths of the hidden layers.</param>
    /// <param name="outputs">The width of the output layer; null for none.</param>
    /// <param name="hidden">What hidden layers are made of.</param>
    public DenseStack(int inputs, IReadOnlyList<int> widths, int? outputs, HiddenLayers hidden)
        : base(nameof(DenseStack))
    {
        _hidden = hidden;
        int[] all = [inputs, .. widths, .. outputs is { } last ? [last] : Array.Empty<int>()];
        _hasOutputLayer = outputs is not null;
        OutputWidth = all[^1];
        _layers = [.. all.Skip(1).Select((width, i) => new DenseLayer(all[i], width))];
        _normalizations = hidden.LayerNormalization ? [.. widths.Select(width => new LayerNormalization(width))] : [];
        for (int i = 0; i < _layers.Length; i++)
        {
            register_module(Name("", i), _layers[i]);
        }

        for (int i = 0; i < _normalizations.Length; i++)
        {
            register_module(Name("normalization", i), _normalizations[i]);
        }
    }

    public int OutputWidth { get; }

    public IReadOnlyList<Parameter> Parameters =>
        [.. _layers.SelectMany(layer => new[] { layer.Weight, layer.Bias }), .. _normalizations.SelectMany(norm => new[] { norm.Gain, norm.Bias })];

    public static long CountParameters(int inputs, IReadOnlyList<int> widths, int? outputs, HiddenLayers hidden)
    {
        long count = hidden.LayerNormalization ? widths.Sum(LayerNormalization.CountParameters) : 0;
        long width = inputs;
        foreach (int next in outputs is { } last ? widths.Append(last) : widths)
        {
            count = checked(count + DenseLayer.CountParameters(width, next));
            width = next;
        }

        return count;
    }

    /// <summary>Computes the outputs [B, K].</summary>
    /// <param name="input">Inputs [B, F].</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    public torch.Tensor Forward(torch.Tensor input, Dropout? dropout)
    {
        torch.Tensor x = input;
        for (int i = 0; i < _layers.Length; i++)
        {
            x = _layers[i].Forward(x);
            if (i < _layers.Length - 1 || !_hasOutputLayer)
            {
                x = _hidden.Activate(_normalizations.Length > 0 ? _normalizations[i].Forward(x) : x);
                x = dropout?.Apply(x) ?? x;
            }
        }

        return x;
    }

    /// <summary>Computes the outputs [A, R, K] of several stacks of the same layers, each on its own rows, in batched products.</summary>
    /// <param name="stacks">The stacks, A.</param>
    /// <param name="input">Inputs [A, R, F].</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    public static torch.Tensor ForwardTogether(IReadOnlyList<DenseStack> stacks, torch.Tensor input, Dropout? dropout)
    {
        DenseStack first = stacks[0];
        torch.Tensor x = input;
        for (int i = 0; i < first._layers.Length; i++)
        {
            x = DenseLayer.ForwardTogether([.. stacks.Select(stack => stack._layers[i])], x);
            if (i < first._layers.Length - 1 || !first._hasOutputLayer)
            {
                x = first._normalizations.Length > 0 ? LayerNormalization.ForwardTogether([.. stacks.Select(stack => stack._normalizations[i])], x) : x;
                x = first._hidden.Activate(x);
                x = dropout?.Apply(x) ?? x;
            }
        }

        return x;
    }

    public void Initialize(IRandomSource random, float[]? outputBias)
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            bool isOutput = _hasOutputLayer && i == _layers.Length - 1;
            _layers[i].Initialize(random, isOutput ? 1.0 : _hidden.Gain, isOutput ? outputBias : null);
        }

        Array.ForEach(_normalizations, norm => norm.Initialize());
    }

    private static string Name(string prefix, int index) => prefix + index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
