using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Users' modules as networks: what is asked of them, what is said of mistakes, and what is known of their parameters.</summary>
public sealed class CustomNetworkTests
{
    private static readonly int[] _outputs = [3, 1];

    static CustomNetworkTests()
    {
        OddNetwork.Register();
        NormalizedNetwork.Register();
        NormalizedTrunk.Register();
    }

    [Theory]
    [InlineData("unfinished", "factory of the custom network 'odd' failed: not yet")]
    [InlineData("null", "returned null")]
    [InlineData("double parameter", "parameter 'head0.weight' of type Float64")]
    [InlineData("not registered", "has no parameters to train")]
    [InlineData("infinite buffer", "buffer 'mask', which holds -Infinity")]
    [InlineData("infinite buffer", "persistent: false")]
    [InlineData("large number", "'count' of the network is of type Int64")]
    [InlineData("kept tensor", "failed on features [1, 4]")]
    [InlineData("foreign parameter", "gives task 1 a parameter that is not among its parameters()")]
    [InlineData("parameters are null", "gives task 1 a parameter that is not among its parameters()")]
    [InlineData("parameters fail", "failed to tell the parameters of task 1: not yet")]
    [InlineData("parameter of two", "a parameter as that of two tasks")]
    [InlineData("one output less", "raw outputs of 1 tasks; there must be those of 2")]
    [InlineData("squeezed", "raw outputs of task 1 of shape [3] for 1 rows; it must be [1, 3]")]
    [InlineData("first row", "raw outputs of task 1 of shape [1, 3] for 3 rows; it must be [3, 3]")]
    [InlineData("double output", "raw outputs of task 1 of type Float64")]
    [InlineData("null output", "raw outputs of a task are null")]
    [InlineData("nothing", "It returned null")]
    [InlineData("flat tap", "a tap of shape [3] for 1 rows; it must be [1, H]")]
    [InlineData("in place", "changes or disposes the features")]
    [InlineData("lazy", "makes parameters when it is first used")]
    [InlineData("fails", "The custom network 'odd' failed on features [1, 4]: not yet")]
    public void A_mistake_is_told_when_the_network_is_built(string what, string words)
    {
        FormatException e = Assert.Throws<FormatException>(() => NetworkKinds.Create(Odd(what)));

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Contains("'odd'", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message.Contains("not yet", StringComparison.Ordinal), e.InnerException is NotImplementedException);
    }

    [Fact]
    public void A_module_that_was_made_before_is_refused()
    {
        string name = Guid.NewGuid().ToString();
        torch.nn.Module<torch.Tensor, torch.Tensor> only = torch.nn.Linear(4, 2);
        MultiTaskNetworks.RegisterTrunk(name, _ => only);
        var description = new NetworkDescription("SoftParameterSharing", 4, _outputs, new Dictionary<string, int[]> { ["headLayers"] = [] })
        {
            Trunk = CustomStack.Describe(CustomModule.Create(name, null), 2),
        };

        Assert.Contains("returned a module, or one with a part, that it has returned before", Assert.Throws<FormatException>(() => NetworkKinds.Create(description)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_was_made_before_is_refused_too()
    {
        string name = Guid.NewGuid().ToString();
        torch.nn.Module<torch.Tensor, torch.Tensor> pretrained = torch.nn.Linear(4, 2);
        MultiTaskNetworks.RegisterTrunk(name, _ => torch.nn.Sequential(("pretrained", pretrained), ("activation", torch.nn.ReLU())));
        var description = new NetworkDescription("SoftParameterSharing", 4, _outputs, new Dictionary<string, int[]> { ["headLayers"] = [] })
        {
            Trunk = CustomStack.Describe(CustomModule.Create(name, null), 2),
        };

        Assert.Contains("or one with a part, that it has returned before", Assert.Throws<FormatException>(() => NetworkKinds.Create(description)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_that_no_parameter_has_a_part_in_are_told_in_training()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Odd("detached"));
        using IDisposable scope = torch.NewDisposeScope();
        network.train();

        Assert.Contains("do not depend on its parameters", Assert.Throws<InvalidOperationException>(() => network.Forward(torch.ones(3, 4))).Message, StringComparison.Ordinal);
        network.eval();
        Assert.NotNull(network.Forward(torch.ones(3, 4)).Raw[0]);
    }

    [Fact]
    public void A_name_that_is_not_registered_is_told_with_the_remedy()
    {
        string message = Assert.Throws<FormatException>(() => NetworkKinds.Create(CustomNetwork.Describe(4, _outputs, CustomModule.Create("nobody", null)))).Message;

        Assert.Contains("The custom network 'nobody' is not registered in this process: call MultiTaskNetworks.Register(\"nobody\", ...) once per process, before a model with it is trained or loaded.", message, StringComparison.Ordinal);
        Assert.Contains("'odd'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_the_tasks_or_shared_and_frozen_ones_are_neither()
    {
        using MultiTaskNetwork usual = NetworkKinds.Create(Odd("infinite buffer that is not saved"));
        using MultiTaskNetwork frozen = NetworkKinds.Create(Odd("frozen"));
        using MultiTaskNetwork shared = NetworkKinds.Create(Normalized());

        Assert.Empty(usual.SharedParameters);
        Assert.Equal([2, 2], [usual.GetTaskParameters(0).Count, usual.GetTaskParameters(1).Count]);
        Assert.Equal([1, 2], [frozen.GetTaskParameters(0).Count, frozen.GetTaskParameters(1).Count]);
        Assert.Equal(6, shared.SharedParameters.Count);
        Assert.Empty(shared.GetTaskParameters(1));
        Assert.DoesNotContain(NetworkWeights.Export(usual), tensor => tensor.Name.Contains("mask", StringComparison.Ordinal));
        Assert.Equal(4, NetworkWeights.Export(frozen).Count);
    }

    [Fact]
    public void Outputs_that_are_parts_of_one_tensor_are_in_their_order()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Normalized());
        using IDisposable scope = torch.NewDisposeScope();
        network.eval();
        NetworkOutputs outputs = network.Forward(torch.ones(5, 4), [true, false]);

        Assert.Equal([5, 3], outputs.Raw[0]!.shape);
        Assert.True(outputs.Raw[0]!.is_contiguous());
        Assert.Null(outputs.Raw[1]);
        Assert.Equal([5, 8], outputs.Tap!.shape);
    }

    [Fact]
    public void Buffers_survive_as_floats_and_others_are_refused()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Normalized());
        using MultiTaskNetwork other = NetworkKinds.Create(Normalized());
        network.train();
        using (torch.NewDisposeScope())
        {
            network.Forward(torch.rand(7, 4));
            network.Forward(torch.rand(7, 4));
        }

        IReadOnlyList<NamedTensor> tensors = NetworkWeights.Export(network);
        NetworkWeights.Import(other, tensors);

        NamedTensor count = Assert.Single(tensors, tensor => tensor.Name == "module._normalization.num_batches_tracked");
        Assert.Equal([2f], count.Values);
        Assert.Equal(tensors.SelectMany(tensor => tensor.Values), NetworkWeights.Export(other).SelectMany(tensor => tensor.Values));
        count.Values[0] = 1.5f;
        Assert.Contains("num_batches_tracked' of the network is of type Int64", Assert.Throws<FormatException>(() => NetworkWeights.Import(other, tensors)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_the_parts_with_parameters_of_their_own()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Normalized());
        using MultiTaskNetwork heads = NetworkKinds.Create(Odd(""));
        string[] layers = [.. network.DescribeLayers().Select(Describe)];
        string[] own = [.. heads.DescribeLayers().Select(Describe)];

        Assert.Equal(["network/_hidden Linear 4 -> 8: 40, 32, ", "network/_normalization BatchNorm1d 8 -> 8: 16, 0, ", "network/_output Linear 8 -> 4: 36, 32, "], layers.Order(StringComparer.Ordinal));
        Assert.Equal(["network/head0 Linear 4 -> 3: 15, 12, 0", "network/head1 Linear 4 -> 1: 5, 4, 1"], own);
        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), network.DescribeLayers().Sum(layer => layer.ParameterCount));

        static string Describe(NetworkLayer layer) => FormattableString.Invariant(
            $"{layer.Name} {layer.Kind} {string.Join('x', layer.Input)} -> {string.Join('x', layer.Output)}: {layer.ParameterCount}, {layer.MultiplyAdds}, {layer.Task}");
    }

    /// <summary>Costs per row: a convolution's kernel at each pixel that it gives, over the channels of its group; a layer as often as it is used; of other modules nobody knows.</summary>
    [Fact]
    public void Shapes_and_costs_are_those_of_a_row_that_passes()
    {
        string name = Guid.NewGuid().ToString();
        MultiTaskNetworks.RegisterTrunk(name, _ => new Image());
        var description = new NetworkDescription("HardParameterSharing", 48, _outputs, new Dictionary<string, int[]> { ["headLayers"] = [] }) { Trunk = CustomStack.Describe(CustomModule.Create(name, null), 24) };
        using MultiTaskNetwork network = NetworkKinds.Create(description);

        Assert.Equal(
            ["head0/0 24 -> 3: 72", "head1/0 24 -> 1: 24", "shared 48 -> 24: ", "shared/_convolution 2x6x4 -> 4x3x2: 216", "shared/_dense 24 -> 24: 1728"],
            network.DescribeLayers().OrderBy(layer => layer.Name, StringComparer.Ordinal).Select(layer => FormattableString.Invariant($"{layer.Name} {string.Join('x', layer.Input)} -> {string.Join('x', layer.Output)}: {layer.MultiplyAdds}")));
    }

    [Fact]
    public void Parameters_of_the_module_itself_are_a_layer_and_what_is_registered_twice_counts_once()
    {
        string name = Guid.NewGuid().ToString();
        MultiTaskNetworks.RegisterTrunk(name, request => new Twice(request.FeatureCount, request.OutputWidth));
        var description = new NetworkDescription("HardParameterSharing", 4, _outputs, new Dictionary<string, int[]> { ["headLayers"] = [] }) { Trunk = CustomStack.Describe(CustomModule.Create(name, null), 2) };
        using MultiTaskNetwork network = NetworkKinds.Create(description);

        Assert.Equal(["shared:2", "shared/once:10", "head0/0:9", "head1/0:3"], network.DescribeLayers().Select(layer => FormattableString.Invariant($"{layer.Name}:{layer.ParameterCount}")));
        Assert.Equal(24, NetworkWeights.Export(network).Sum(tensor => tensor.Values.Length));
        Assert.Equal(3, network.SharedParameters.Count);
    }

    [Fact]
    public void Soft_sharings_trunks_begin_alike()
    {
        var description = new NetworkDescription("SoftParameterSharing", 4, _outputs, new Dictionary<string, int[]> { ["headLayers"] = [] })
        {
            Trunk = CustomStack.Describe(CustomModule.Create(NormalizedTrunk.RegisteredName, null), 2),
        };
        using MultiTaskNetwork network = NetworkKinds.Create(description);
        network.Initialize(new MlNetMultiTask.Training.CounterRandom(1, 2), [[0, 0, 0], [0]]);
        var tensors = NetworkWeights.Export(network).ToDictionary(tensor => tensor.Name, tensor => tensor.Values);

        Assert.Equal(tensors["trunk0.module.dense.weight"], tensors["trunk1.module.dense.weight"]);
        Assert.Contains(tensors["trunk0.module.dense.weight"], value => value != 0);
    }

    private static NetworkDescription Odd(string what) => CustomNetwork.Describe(4, _outputs, CustomModule.Create(OddNetwork.RegisteredName, new Dictionary<string, string> { [OddNetwork.What] = what }));

    private static NetworkDescription Normalized() => CustomNetwork.Describe(4, _outputs, CustomModule.Create(NormalizedNetwork.RegisteredName, null));

    private sealed class Twice : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear _dense;
        private readonly Parameter _gain;

        public Twice(int inputs, int outputs)
            : base(nameof(Twice))
        {
            // By hand, and then by the fields' names when the module is registered in another.
            _dense = torch.nn.Linear(inputs, outputs);
            _gain = new Parameter(torch.ones(outputs));
            register_module("once", _dense);
        }

        public override torch.Tensor forward(torch.Tensor input) => _dense.call(input) * _gain;
    }

    private sealed class Image : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly Conv2d _convolution = torch.nn.Conv2d(2, 4, 3, padding: 1, stride: 2, groups: 2);
        private readonly Linear _dense = torch.nn.Linear(24, 24, hasBias: false);
        private readonly Parameter _gain = new(torch.ones(24));

        public Image()
            : base(nameof(Image)) => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor input) => _dense.call(_dense.call(_dense.call(_convolution.call(input.view(-1, 2, 6, 4)).flatten(1)))) * _gain;
    }
}
