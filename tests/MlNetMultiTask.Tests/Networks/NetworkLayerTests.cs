using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>What networks say of their layers, against the networks themselves.</summary>
public sealed class NetworkLayerTests
{
    [Theory]
    [MemberData(nameof(NetworkCases.All), MemberType = typeof(NetworkCases))]
    public void Layers_have_all_parameters_shared_and_own(string kind, string trunk, bool normalization)
    {
        using MultiTaskNetwork network = NetworkKinds.Create(NetworkCases.Describe(kind, trunk, normalization));
        NetworkLayer[] layers = [.. network.DescribeLayers()];
        long Count(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => parameter.numel());
        long Said(int? task) => layers.Where(layer => layer.Task == task).Sum(layer => layer.ParameterCount);

        Assert.Equal(Count(network.parameters()), layers.Sum(layer => layer.ParameterCount));
        Assert.Equal(Count(network.parameters()), NetworkKinds.CountParameters(network.Description));
        Assert.Equal(Count(network.SharedParameters), Said(null));
        Assert.All(network.Description.OutputCounts.Index(), output => Assert.Equal(Count(network.GetTaskParameters(output.Index)), Said(output.Index)));
        Assert.Equal(layers.Length, layers.Select(layer => layer.Name).Distinct().Count());
        Assert.All(layers, layer => Assert.True(layer.MultiplyAdds >= 0));
    }

    /// <summary>Each layer reads what the one before gives, up to the raw outputs.</summary>
    [Theory]
    [MemberData(nameof(NetworkCases.Chains), MemberType = typeof(NetworkCases))]
    public void Layers_fit_together(string kind, string trunk, bool normalization)
    {
        using MultiTaskNetwork network = NetworkKinds.Create(NetworkCases.Describe(kind, trunk, normalization));
        NetworkLayer[] layers = [.. network.DescribeLayers()];
        string[] members = [.. layers.Select(layer => layer.Name).Where(name => name.StartsWith("member", StringComparison.Ordinal)).Select(name => name.Split('/')[0] + '/').Distinct().DefaultIfEmpty("")];
        foreach ((int task, int count) in network.Description.OutputCounts.Index())
        {
            foreach (string member in members)
            {
                bool IsBelow(NetworkLayer layer) => layer.Name.StartsWith("shared", StringComparison.Ordinal) || layer.Name.StartsWith(member, StringComparison.Ordinal);
                NetworkLayer[] chain = [.. layers.Where(layer => (layer.Task is null || layer.Task == task) && IsBelow(layer))];

                Assert.Equal(NetworkCases.FeatureCount, Values(chain[0].Input));
                Assert.Equal([count], chain[^1].Output);
                Assert.All(chain.Zip(chain.Skip(1)), pair => Assert.Equal(Values(pair.First.Output), Values(pair.Second.Input)));
            }
        }
    }

    /// <summary>Stage by stage, with real rows. Behind the last convolution lie the values of an image in a row.</summary>
    [Theory]
    [MemberData(nameof(NetworkCases.Trunks), MemberType = typeof(NetworkCases))]
    public void Shapes_are_those_of_the_tensors(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using LayerStack stack = TrunkKinds.Create(NetworkCases.GetTrunk(name).Describe(NetworkCases.FeatureCount), NetworkCases.FeatureCount, new HiddenLayers(Activation.GELU, true));
        NetworkLayer[] layers = [.. stack.DescribeLayers("trunk", null)];
        torch.Tensor x = torch.ones(2, NetworkCases.FeatureCount);
        for (int stage = 0; stage < stack.StageCount; stage++)
        {
            // The input of the first convolution is the image that is made of the features.
            Assert.Equal(x.numel(), 2 * Values(layers[stage].Input));
            x = stack.ForwardStage(stage, x, null);
            bool flattened = layers[stage].Output.Count > 1 && (stage == stack.StageCount - 1 || layers[stage + 1].Input.Count == 1);

            Assert.Equal(flattened ? [2, Values(layers[stage].Output)] : [2, .. layers[stage].Output], x.shape);
        }

        Assert.Equal([2, stack.OutputWidth], x.shape);

        // Behind the last block, the normalisation is a layer of its own.
        Assert.Equal(layers.Length, stack.StageCount + (stack is ResidualStack ? 1 : 0));
    }

    [Fact]
    public void Dense_layers_take_inputs_times_outputs()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(24, [3, 1], [7, 5], [4], new HiddenLayers(Activation.ReLU, true)));

        Assert.Equal(
            [("shared/0", 24L * 7), ("shared/1", 7L * 5), ("head0/0", 5L * 4), ("head0/1", 4L * 3), ("head1/0", 5L * 4), ("head1/1", 4L * 1)],
            network.DescribeLayers().Select(layer => (layer.Name, layer.MultiplyAdds!.Value)));
    }

    [Fact]
    public void Residual_blocks_take_two_products_each()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(HardParameterSharingNetwork.Describe(24, [3], Trunk.Residual(6, 2, 4).Describe(24), [], new HiddenLayers(Activation.ReLU, false)));

        Assert.Equal(
            [("shared/input", 24L * 6), ("shared/block0", (6L * 4) + (4 * 6)), ("shared/block1", (6L * 4) + (4 * 6)), ("shared/last", 0L), ("head0/0", 6L * 3)],
            network.DescribeLayers().Select(layer => (layer.Name, layer.MultiplyAdds!.Value)));
    }

    /// <summary>Pixels of the output before pooling x kernel x channels x filters.</summary>
    [Fact]
    public void Convolutions_take_a_kernel_for_each_pixel_channel_and_filter()
    {
        NetworkLayer[] Describe(Trunk trunk)
        {
            using LayerStack stack = TrunkKinds.Create(trunk.Describe(105), 105, new HiddenLayers(Activation.ReLU, false));
            return [.. stack.DescribeLayers("x", null)];
        }

        NetworkLayer[] images = Describe(Trunk.Convolutional(5, 7, 3, [4, 2], [6], kernelSize: 3));
        NetworkLayer[] series = Describe(Trunk.Convolutional(1, 35, 3, [4], [], kernelSize: 5));

        Assert.Equal(["x/convolution0", "x/convolution1", "x/dense/0"], images.Select(layer => layer.Name));
        Assert.Equal([5 * 7 * (3 * 3) * 3 * 4, 2 * 3 * (3 * 3) * 4 * 2, (2 * 1 * 1) * 6], images.Select(layer => layer.MultiplyAdds!.Value));
        Assert.Equal([[3, 5, 7], [4, 2, 3], [2]], images.Select(layer => layer.Input));
        Assert.Equal([[4, 2, 3], [2, 1, 1], [6]], images.Select(layer => layer.Output));
        Assert.Equal([35 * 5 * 3 * 4], series.Select(layer => layer.MultiplyAdds!.Value));
        Assert.Equal([4, 1, 17], series[0].Output);
    }

    private static long Values(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, size) => product * size);
}
