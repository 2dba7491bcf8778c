using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Dense hidden layers, each with normalisation (if wanted), activation and dropout; with an output layer, that one is bare.</summary>
internal sealed class DenseStack : LayerStack
{
    public const string KindName = "Dense";

    private const string Layers = "layers";

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
            register_module(Numbered("", i), _layers[i]);
        }

        for (int i = 0; i < _normalizations.Length; i++)
        {
            register_module(Numbered("normalization", i), _normalizations[i]);
        }
    }

    public override int OutputWidth { get; }

    public override int StageCount => _layers.Length;

    public override IReadOnlyList<Parameter> Parameters =>
        [.. _layers.SelectMany(layer => layer.Parameters), .. _normalizations.SelectMany(norm => norm.Parameters)];

    public override IReadOnlyList<Parameter> LastParameters => _layers is [.., var last] ? last.Parameters : [];

    /// <summary>Describes a trunk of hidden layers.</summary>
    public static TrunkDescription Describe(IReadOnlyList<int> widths) => new(KindName, new Dictionary<string, int[]> { [Layers] = [.. widths] });

    /// <summary>The widths of a trunk's layers.</summary>
    /// <exception cref="FormatException">The description lacks them.</exception>
    public static int[] GetWidths(TrunkDescription description) => description.GetSizes(Layers);

    public static LayerStack Create(TrunkDescription description, int inputs, HiddenLayers hidden) => new DenseStack(inputs, GetWidths(description), null, hidden);

    public static NetworkSize Measure(TrunkDescription description, int inputs, HiddenLayers hidden) => Measure(inputs, GetWidths(description), null, hidden);

    public static int GetOutputWidth(TrunkDescription description, int inputs) => GetWidths(description) is [.., var last] ? last : inputs;

    public static int GetStageCount(TrunkDescription description) => GetWidths(description).Length;

    public static NetworkSize Measure(int inputs, IReadOnlyList<int> widths, int? outputs, HiddenLayers hidden)
    {
        NetworkSize size = default;
        long width = inputs;
        foreach (int next in outputs is { } last ? widths.Append(last) : widths)
        {
            size += DenseLayer.Measure(width, next);
            width = next;
        }

        return hidden.LayerNormalization ? widths.Aggregate(size, (sum, next) => sum + LayerNormalization.Measure(next)) : size;
    }

    public override long GetStageSize(int stage) => _layers[stage].Bias.shape[0];

    /// <summary>A stage is a layer with what is behind it.</summary>
    public override torch.Tensor ForwardStage(int stage, torch.Tensor input, Dropout? dropout)
    {
        torch.Tensor x = _layers[stage].Forward(input);
        if (IsOutput(stage))
        {
            return x;
        }

        x = _hidden.Activate(_normalizations.Length > 0 ? _normalizations[stage].Forward(x) : x);
        return dropout?.Apply(x) ?? x;
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
            if (!first.IsOutput(i))
            {
                x = first._normalizations.Length > 0 ? LayerNormalization.ForwardTogether([.. stacks.Select(stack => stack._normalizations[i])], x) : x;
                x = first._hidden.Activate(x);
                x = dropout?.Apply(x) ?? x;
            }
        }

        return x;
    }

    public override void Initialize(IRandomSource random) => Initialize(random, null);

    /// <summary>Gives all parameters their first values.</summary>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="outputBias">Where the output layer's bias starts; null for 0.</param>
    public void Initialize(IRandomSource random, float[]? outputBias)
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i].Initialize(random, IsOutput(i) ? 1.0 : _hidden.Gain, IsOutput(i) ? outputBias : null);
        }

        Array.ForEach(_normalizations, norm => norm.Initialize());
    }

    public override IEnumerable<NetworkLayer> DescribeLayers(string name, int? task) => _layers.Select((layer, i) =>
    {
        (long inputs, long outputs) = (layer.Weight.shape[1], layer.Weight.shape[0]);
        long normalization = _normalizations.Length > 0 && !IsOutput(i) ? _normalizations[i].ParameterCount : 0;
        return new NetworkLayer(Numbered(name + "/", i), KindName, [inputs], [outputs], layer.ParameterCount + normalization, layer.Weight.numel(), task);
    });

    private bool IsOutput(int layer) => _hasOutputLayer && layer == _layers.Length - 1;
}
