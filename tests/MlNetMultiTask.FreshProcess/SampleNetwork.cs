using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.FreshProcess;

/// <summary>A network as a user may write it: a shared layer, an output layer per task, a buffer that counts batches, and first values that depend on the trainer's seed.</summary>
internal sealed class SampleNetwork : CustomNetworkModule, ISeededModule
{
    /// <summary>The name by which it is registered.</summary>
    public const string RegisteredName = "sample";

    /// <summary>The setting for the width of the shared layer.</summary>
    public const string Width = "width";

    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter[] _heads;
    private readonly torch.Tensor _batches;

    private SampleNetwork(CustomNetworkRequest request)
        : base(nameof(SampleNetwork))
    {
        int width = request.Settings.TryGetValue(Width, out string? text) ? Math.Clamp(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 1, 1000) : 16;
        _weight = new Parameter(torch.zeros(width, request.FeatureCount, dtype: torch.float32, device: torch.CPU));
        _bias = new Parameter(torch.zeros(width, dtype: torch.float32, device: torch.CPU));
        _heads = [.. request.OutputCounts.Select(count => new Parameter(torch.zeros(count, width + 1, dtype: torch.float32, device: torch.CPU)))];
        _batches = torch.zeros(1, dtype: torch.int64, device: torch.CPU);
        for (int task = 0; task < _heads.Length; task++)
        {
            register_parameter(FormattableString.Invariant($"head{task}"), _heads[task]);
        }

        RegisterComponents();
    }

    /// <summary>Says what the name means; again and again, if need be.</summary>
    public static void Register() => MultiTaskNetworks.Register(RegisteredName, request => new SampleNetwork(request));

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [_heads[task]];

    public override CustomNetworkOutputs forward(torch.Tensor input)
    {
        if (training)
        {
            using torch.Tensor one = torch.ones_like(_batches);
            _batches.add_(one, 1);
        }

        torch.Tensor shared = torch.nn.functional.linear(input, _weight, _bias).relu();
        torch.Tensor bare = torch.cat([shared, torch.ones(input.shape[0], 1, dtype: torch.float32, device: torch.CPU)], 1);
        return new CustomNetworkOutputs([.. _heads.Select(head => bare.matmul(head.t()))], shared);
    }

    public void Initialize(torch.Generator generator)
    {
        foreach (Parameter parameter in parameters())
        {
            parameter.uniform_(-0.5, 0.5, generator);
        }
    }
}
