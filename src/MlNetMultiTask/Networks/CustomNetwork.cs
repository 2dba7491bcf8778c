using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A module of the user's as the whole network.</summary>
internal sealed class CustomNetwork : MultiTaskNetwork
{
    public const string KindName = "CustomNetwork";

    private readonly CustomModuleHost<CustomNetworkModule> _host;
    private IReadOnlyList<Parameter>[] _own = [];
    private IReadOnlyList<Parameter> _shared = [];

    private CustomNetwork(NetworkDescription description)
        : base(description)
    {
        CustomModule custom = GetModule(description);
        var request = new CustomNetworkRequest(description.FeatureCount, description.OutputCounts, custom.Settings);
        _host = new($"The custom network '{custom.Name}'", this, () => MultiTaskNetworks.Create(custom.Name, request));
    }

    public override IReadOnlyList<Parameter> SharedParameters => _shared;

    public override bool MayBypassTap => true;

    public static NetworkDescription Describe(int featureCount, IReadOnlyList<int> outputCounts, CustomModule module) =>
        new(KindName, featureCount, outputCounts, new Dictionary<string, int[]>()) { Module = module };

    /// <exception cref="FormatException">The module can't be made, or is not what it should be.</exception>
    public static CustomNetwork Create(NetworkDescription description)
    {
        var network = new CustomNetwork(description);
        try
        {
            network.Check(GetModule(description));
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>None is known of before the module is built.</summary>
    /// <exception cref="FormatException">The description lacks the module.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        GetModule(description);
        return default;
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => _own[task];

    public override IEnumerable<NetworkLayer> DescribeLayers() =>
        _host.DescribeLayers("network", parameter => Array.FindIndex(_own, own => own.Contains(parameter, ReferenceEqualityComparer.Instance)) is >= 0 and int task ? task : null);

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        CustomNetworkOutputs outputs = _host.Compute(features, module => module.call(features));
        int count = Description.OutputCounts.Count;
        if (outputs.Raw.Count != count)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"{_host.Name} gives the raw outputs of {outputs.Raw.Count} tasks; there must be those of {count}: one for each of the request's OutputCounts."));
        }

        long rows = features.shape[0];
        _host.RequireGradient(outputs.Raw);
        torch.Tensor? tap = outputs.Tap is { } shared ? _host.Check(shared, "a tap", rows, null) : null;
        return new NetworkOutputs(tap, [.. outputs.Raw.Select((raw, task) => active is null || active[task] ? Check(raw, task, rows) : null)]);
    }

    /// <summary>The module has its first values from its factory, unless it wants random numbers. Where its outputs start is its own affair too.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases) => _host.Initialize(random);

    private void Check(CustomModule custom)
    {
        custom.RequireSize(Description.FeatureCount, "features", _host.NumberCount);
        custom.RequireSize(Description.OutputCounts.Sum(count => (long)count), "outputs", _host.NumberCount);
        if (_host.Parameters.Count == 0)
        {
            throw new FormatException($"{_host.Name} has no parameters to train: register its modules (RegisterComponents() at the end of its constructor does), and leave requires_grad true for some.");
        }

        _own = [.. Description.OutputCounts.Select((_, task) => FindOwn(task))];
        HashSet<Parameter> own = new(_own.SelectMany(parameters => parameters), ReferenceEqualityComparer.Instance);
        if (own.Count < _own.Sum(parameters => parameters.Count))
        {
            throw new FormatException($"{_host.Name} gives a parameter as that of two tasks, or twice as that of one; a parameter that several tasks share is nobody's own: leave it out of GetTaskParameters.");
        }

        _shared = [.. _host.Parameters.Where(parameter => !own.Contains(parameter))];
        _host.Probe(Description.FeatureCount, features => Forward(features));
    }

    private torch.Tensor Check(torch.Tensor raw, int task, long rows) =>
        _host.Check(raw, FormattableString.Invariant($"raw outputs of task {task + 1}"), rows, Description.OutputCounts[task]);

    private static CustomModule GetModule(NetworkDescription description) => description.Module ?? throw new FormatException($"A {KindName} network needs the name of its module.");

    /// <summary>A task's own parameters that are trained.</summary>
    private IReadOnlyList<Parameter> FindOwn(int task)
    {
        IReadOnlyList<Parameter> given;
        try
        {
            given = _host.Module.GetTaskParameters(task);
        }
        catch (Exception e)
        {
            throw new FormatException(FormattableString.Invariant($"{_host.Name} failed to tell the parameters of task {task + 1}: {CustomModule.GetFirstLine(e)}"), e);
        }

        HashSet<Parameter> all = new(_host.Module.parameters(), ReferenceEqualityComparer.Instance);
        return given is null || given.Any(parameter => parameter is null || !all.Contains(parameter))
            ? throw new FormatException(FormattableString.Invariant($"{_host.Name} gives task {task + 1} a parameter that is not among its parameters(): register the module to which it belongs, and return the parameters themselves."))
            : [.. given.Where(parameter => parameter.requires_grad)];
    }
}
