using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A module of the user's as a trunk. Activation, normalisation and dropout are its own affair.</summary>
internal sealed class CustomStack : LayerStack
{
    public const string KindName = "Custom";

    private const string Width = "outputWidth";

    private readonly CustomModuleHost<torch.nn.Module<torch.Tensor, torch.Tensor>> _host;

    private CustomStack(TrunkDescription description, int inputs)
        : base(nameof(CustomStack))
    {
        CustomModule custom = GetModule(description);
        OutputWidth = description.GetSize(Width, 1);
        var request = new CustomTrunkRequest(inputs, OutputWidth, custom.Settings);
        _host = new($"The custom trunk '{custom.Name}'", this, () => MultiTaskNetworks.CreateTrunk(custom.Name, request));
    }

    public override int OutputWidth { get; }

    public override int StageCount => 1;

    public override IReadOnlyList<Parameter> Parameters => _host.Parameters;

    public static TrunkDescription Describe(CustomModule module, int outputWidth) => new(KindName, new Dictionary<string, int[]> { [Width] = [outputWidth] }) { Module = module };

    public static LayerStack Create(TrunkDescription description, int inputs, HiddenLayers hidden)
    {
        var stack = new CustomStack(description, inputs);
        try
        {
            stack.Check(GetModule(description), inputs);
            return stack;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    /// <summary>None is known of before the module is built.</summary>
    /// <exception cref="FormatException">The description lacks the module.</exception>
    public static NetworkSize Measure(TrunkDescription description, int inputs, HiddenLayers hidden)
    {
        GetModule(description);
        return default;
    }

    public static int GetOutputWidth(TrunkDescription description, int inputs)
    {
        GetModule(description);
        return description.GetSize(Width, 1);
    }

    /// <summary>The module is one stage: nobody sees into it.</summary>
    public static int GetStageCount(TrunkDescription description) => 1;

    public override torch.Tensor ForwardStage(int stage, torch.Tensor input, Dropout? dropout)
    {
        torch.Tensor output = _host.Check(_host.Compute(input, module => module.call(input)), "outputs", input.shape[0], OutputWidth);
        _host.RequireGradient(output);
        return output;
    }

    public override void Initialize(IRandomSource random) => _host.Initialize(random);

    /// <summary>Takes over the numbers of another instance of the same trunk.</summary>
    /// <exception cref="InvalidOperationException">The factory has made modules of other layers.</exception>
    public void CopyFrom(CustomStack other)
    {
        using IDisposable noGradient = torch.no_grad();
        (string Name, torch.Tensor Tensor)[] ours = [.. NetworkTensors.Get(this)];
        (string Name, torch.Tensor Tensor)[] theirs = [.. NetworkTensors.Get(other)];
        if (!ours.Select(entry => Describe(entry.Name, entry.Tensor)).SequenceEqual(theirs.Select(entry => Describe(entry.Name, entry.Tensor))))
        {
            throw new InvalidOperationException($"{_host.Name} has other layers at each call of its factory; it must have the same for the same request.");
        }

        for (int i = 0; i < ours.Length; i++)
        {
            ours[i].Tensor.copy_(theirs[i].Tensor);
        }

        static string Describe(string name, torch.Tensor tensor) => $"{name} {tensor.dtype} [{string.Join(", ", tensor.shape)}]";
    }

    public override IEnumerable<NetworkLayer> DescribeLayers(string name, int? task) => _host.DescribeLayers(name, _ => task);

    private void Check(CustomModule custom, int inputs)
    {
        custom.RequireSize(inputs, "features", _host.NumberCount);
        custom.RequireSize(OutputWidth, "outputs", _host.NumberCount);
        _host.Probe(inputs, features => ForwardStage(0, features, null));
    }

    private static CustomModule GetModule(TrunkDescription description) => description.Module ?? throw new FormatException($"A {KindName} trunk needs the name of its module.");
}
