using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>
/// A dense layer, residual blocks x + W₂ drop(f(W₁ norm(x))), and f(norm(x)) at the end: the ResNet for tables of Gorishniy, Rubachev, Khrulkov, Babenko 2021. It normalises layers and
/// not batches: so what is computed of a row depends on that row alone, also in training.
/// </summary>
internal sealed class ResidualStack : LayerStack
{
    public const string KindName = "Residual";

    private const string Width = "width";
    private const string HiddenWidth = "hiddenWidth";
    private const string NumberOfBlocks = "numberOfBlocks";

    private readonly HiddenLayers _hidden;
    private readonly DenseLayer _input;
    private readonly (LayerNormalization Normalization, DenseLayer First, DenseLayer Second)[] _blocks;
    private readonly LayerNormalization _last;

    private ResidualStack(int inputs, int width, int hiddenWidth, int numberOfBlocks, HiddenLayers hidden)
        : base(nameof(ResidualStack))
    {
        _hidden = hidden;
        OutputWidth = width;
        _input = new DenseLayer(inputs, width);
        register_module("input", _input);
        _blocks = [.. Enumerable.Range(0, numberOfBlocks).Select(_ => (new LayerNormalization(width), new DenseLayer(width, hiddenWidth), new DenseLayer(hiddenWidth, width)))];
        for (int i = 0; i < _blocks.Length; i++)
        {
            register_module(Numbered("normalization", i), _blocks[i].Normalization);
            register_module(Numbered("first", i), _blocks[i].First);
            register_module(Numbered("second", i), _blocks[i].Second);
        }

        _last = new LayerNormalization(width);
        register_module("last", _last);
    }

    public override int OutputWidth { get; }

    /// <summary>The first layer; each block, the last with what is behind it.</summary>
    public override int StageCount => 1 + _blocks.Length;

    public override IReadOnlyList<Parameter> Parameters =>
    [
        .. _input.Parameters,
        .. _blocks.SelectMany(block => new[] { block.Normalization.Parameters, block.First.Parameters, block.Second.Parameters }).SelectMany(own => own),
        .. _last.Parameters,
    ];

    public override IReadOnlyList<Parameter> LastParameters => _blocks is [.., var last] ? last.Second.Parameters : _input.Parameters;

    public static TrunkDescription Describe(int width, int hiddenWidth, int numberOfBlocks) =>
        new(KindName, new Dictionary<string, int[]> { [Width] = [width], [HiddenWidth] = [hiddenWidth], [NumberOfBlocks] = [numberOfBlocks] });

    public static LayerStack Create(TrunkDescription description, int inputs, HiddenLayers hidden)
    {
        (int width, int hiddenWidth, int numberOfBlocks) = Read(description);
        return new ResidualStack(inputs, width, hiddenWidth, numberOfBlocks, hidden);
    }

    public static NetworkSize Measure(TrunkDescription description, int inputs, HiddenLayers hidden)
    {
        (int width, int hiddenWidth, int numberOfBlocks) = Read(description);
        NetworkSize norm = LayerNormalization.Measure(width);
        NetworkSize block = norm + DenseLayer.Measure(width, hiddenWidth) + DenseLayer.Measure(hiddenWidth, width);
        return DenseLayer.Measure(inputs, width) + (numberOfBlocks * block) + norm;
    }

    public static int GetOutputWidth(TrunkDescription description, int inputs) => Read(description).Width;

    public static int GetStageCount(TrunkDescription description) => checked(1 + Read(description).NumberOfBlocks);

    public override torch.Tensor ForwardStage(int stage, torch.Tensor input, Dropout? dropout)
    {
        if (stage == 0)
        {
            return _input.Forward(input);
        }

        (LayerNormalization normalization, DenseLayer first, DenseLayer second) = _blocks[stage - 1];
        torch.Tensor inner = _hidden.Activate(first.Forward(normalization.Forward(input)));
        torch.Tensor x = input.Plus(second.Forward(dropout?.Apply(inner) ?? inner));
        return stage < _blocks.Length ? x : _hidden.Activate(_last.Forward(x));
    }

    /// <summary>What blocks add begins at a share of 1/√blocks each, so that the sum does not grow with their number.</summary>
    public override void Initialize(IRandomSource random)
    {
        _input.Initialize(random, 1.0);
        foreach ((LayerNormalization normalization, DenseLayer first, DenseLayer second) in _blocks)
        {
            normalization.Initialize();
            first.Initialize(random, _hidden.Gain);
            second.Initialize(random, 1 / Math.Sqrt(_blocks.Length));
        }

        _last.Initialize();
    }

    public override IEnumerable<NetworkLayer> DescribeLayers(string name, int? task)
    {
        long width = OutputWidth;
        yield return new NetworkLayer($"{name}/input", DenseStack.KindName, [_input.Weight.shape[1]], [width], _input.ParameterCount, _input.Weight.numel(), task);
        foreach ((int i, (LayerNormalization normalization, DenseLayer first, DenseLayer second)) in _blocks.Index())
        {
            long count = normalization.ParameterCount + first.ParameterCount + second.ParameterCount;
            yield return new NetworkLayer(Numbered($"{name}/block", i), "ResidualBlock", [width], [width], count, first.Weight.numel() + second.Weight.numel(), task);
        }

        yield return new NetworkLayer($"{name}/last", "LayerNormalization", [width], [width], _last.ParameterCount, 0, task);
    }

    private static (int Width, int HiddenWidth, int NumberOfBlocks) Read(TrunkDescription description) =>
        (description.GetSize(Width, 1), description.GetSize(HiddenWidth, 1), description.GetSize(NumberOfBlocks, 1));
}
