using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A user's network with a mistake, or something unusual, as its settings say.</summary>
internal sealed class OddNetwork : CustomNetworkModule
{
    public const string RegisteredName = "odd";
    public const string What = "what";

    private readonly string _what;
    private readonly Linear[] _heads;

    private OddNetwork(CustomNetworkRequest request)
        : base(nameof(OddNetwork))
    {
        _what = request.Settings[What];
        torch.ScalarType type = _what == "double parameter" ? torch.float64 : torch.float32;
        _heads = [.. request.OutputCounts.Select(count => torch.nn.Linear(request.FeatureCount, count, dtype: type))];
        for (int i = 0; i < (_what == "not registered" ? 0 : _heads.Length); i++)
        {
            register_module(FormattableString.Invariant($"head{i}"), _heads[i]);
        }

        switch (_what)
        {
            case "infinite buffer":
                register_buffer("mask", torch.full(1, float.NegativeInfinity));
                break;
            case "infinite buffer that is not saved":
                register_buffer("mask", torch.full(1, float.NegativeInfinity), persistent: false);
                break;
            case "large number":
                register_buffer("count", torch.tensor([(1L << 24) + 1]));
                break;
            case "kept tensor":
                Kept = [torch.ones(request.FeatureCount)];
                break;
            case "frozen":
                _heads[0].weight!.requires_grad_(false);
                break;
            case "unfinished":
                throw new NotImplementedException("not yet");
        }
    }

    /// <summary>A tensor in a list, which RegisterComponents does not find.</summary>
    public torch.Tensor[] Kept { get; } = [];

    public static void Register() => MultiTaskNetworks.Register(RegisteredName, request => request.Settings[What] == "null" ? null! : new OddNetwork(request));

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => _what switch
    {
        "foreign parameter" => [new Parameter(torch.zeros(1))],
        "parameter of two" => [_heads[0].weight!],
        "parameters are null" => null!,
        "parameters fail" => throw new NotImplementedException("not yet"),
        _ => [_heads[task].weight!, _heads[task].bias!],
    };

    public override CustomNetworkOutputs forward(torch.Tensor input)
    {
        torch.Tensor x = Kept.Length > 0 ? input * Kept[0] : _what == "in place" ? input.relu_() : input;
        if (_what == "lazy" && !named_children().Any(child => child.name == "lazy"))
        {
            register_module("lazy", torch.nn.Linear(1, 1));
        }

        torch.Tensor[] raw = [.. _heads.Select(head => head.call(x))];
        return _what switch
        {
            "one output less" => new CustomNetworkOutputs(raw[1..]),
            "squeezed" => new CustomNetworkOutputs([.. raw.Select(output => output.squeeze())]),
            "first row" => new CustomNetworkOutputs([.. raw.Select(output => output[..1])]),
            "double output" => new CustomNetworkOutputs([.. raw.Select(output => output.to(torch.float64))]),
            "null output" => new CustomNetworkOutputs([null!, .. raw]),
            "null" => null!,
            "nothing" => null!,
            "detached" when training => new CustomNetworkOutputs([.. raw.Select(output => output.detach())]),
            "flat tap" => new CustomNetworkOutputs(raw, raw[0].flatten()),
            "fails" => throw new NotImplementedException("not yet"),
            _ => new CustomNetworkOutputs(raw),
        };
    }
}
