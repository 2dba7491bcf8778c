using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A user's network with buffers: a layer with batch normalisation (and dropout, if told so), and one output layer of which the tasks have parts.</summary>
internal sealed class NormalizedNetwork : CustomNetworkModule, ISeededModule
{
    public const string RegisteredName = "normalized";

    private readonly Linear _hidden;
    private readonly BatchNorm1d _normalization = torch.nn.BatchNorm1d(Width);
    private readonly Dropout? _dropout;
    private readonly Linear _output;
    private readonly long[] _counts;

    private const int Width = 8;

    private NormalizedNetwork(CustomNetworkRequest request)
        : base(nameof(NormalizedNetwork))
    {
        _counts = [.. request.OutputCounts.Select(count => (long)count)];
        _hidden = torch.nn.Linear(request.FeatureCount, Width);
        _output = torch.nn.Linear(Width, _counts.Sum());
        _dropout = request.Settings.TryGetValue("dropout", out string? rate) ? torch.nn.Dropout(double.Parse(rate, System.Globalization.CultureInfo.InvariantCulture)) : null;
        RegisterComponents();
    }

    public static void Register() => MultiTaskNetworks.Register(RegisteredName, request => new NormalizedNetwork(request));

    public override CustomNetworkOutputs forward(torch.Tensor input)
    {
        torch.Tensor x = _normalization.call(_hidden.call(input)).relu();
        x = _dropout?.call(x) ?? x;
        return new CustomNetworkOutputs(_output.call(x).split(_counts, 1), x);
    }

    public void Initialize(torch.Generator generator)
    {
        foreach (Linear layer in (Linear[])[_hidden, _output])
        {
            layer.weight!.normal_(0, 0.5, generator);
            layer.bias!.zero_();
        }
    }
}
