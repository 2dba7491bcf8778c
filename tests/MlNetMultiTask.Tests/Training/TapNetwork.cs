using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>A user's network that counts its batches, with a tap, of which the outputs are computed, or not quite, as its settings say.</summary>
internal sealed class TapNetwork : CustomNetworkModule, ISeededModule
{
    public const string RegisteredName = "tap";
    public const string Way = "way";

    private readonly string _way;
    private readonly Linear _trunk;
    private readonly Linear[] _heads;
    private readonly torch.Tensor _batches = torch.zeros(1, dtype: torch.float32, device: torch.CPU);

    private int _steps;

    private TapNetwork(CustomNetworkRequest request)
        : base(nameof(TapNetwork))
    {
        _way = request.Settings[Way];
        _trunk = torch.nn.Linear(request.FeatureCount, 4);
        register_module("trunk", _trunk);
        register_buffer("batches", _batches);
        _heads = [.. request.OutputCounts.Select(count => torch.nn.Linear(4, count))];
        for (int i = 0; i < _heads.Length; i++)
        {
            register_module(FormattableString.Invariant($"head{i}"), _heads[i]);
        }
    }

    public static void Register() => MultiTaskNetworks.Register(RegisteredName, request => new TapNetwork(request));

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [_heads[task].weight!, _heads[task].bias!];

    public override CustomNetworkOutputs forward(torch.Tensor input)
    {
        if (training)
        {
            using torch.Tensor one = torch.ones_like(_batches);
            _batches.add_(one, 1);
            _steps++;
        }

        torch.Tensor hidden = _trunk.call(input);
        torch.Tensor tap = hidden.tanh();
        torch.Tensor[] raw = [.. _heads.Select(head => head.call(tap))];
        torch.Tensor around = hidden.sum(1, keepdim: true);
        return _way switch
        {
            "around the tap from the second step on" => new CustomNetworkOutputs(_steps > 1 ? [.. raw.Select(output => output + around)] : raw, tap),
            "around the tap" => new CustomNetworkOutputs([.. raw.Select(output => output + around)], tap),
            "around the tap in the last task" => new CustomNetworkOutputs([.. raw[..^1], raw[^1] + around], tap),
            "through another's head" => new CustomNetworkOutputs([.. raw[..^1], raw[^1] + raw[0].sum(1, keepdim: true)], tap),
            "tap of features" => new CustomNetworkOutputs(raw, input),
            "by columns" => new CustomNetworkOutputs([.. _heads.Select(head => head.weight!.matmul(tap.t()).t() + head.bias!)], tap),
            _ => new CustomNetworkOutputs(raw, tap),
        };
    }

    public void Initialize(torch.Generator generator)
    {
        foreach (Parameter parameter in parameters())
        {
            parameter.uniform_(-0.5, 0.5, generator);
        }
    }
}
