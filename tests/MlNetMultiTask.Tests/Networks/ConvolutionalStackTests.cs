using CsCheck;
using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Convolutions for images and series: what they compute and learn from, and descriptions that lie.</summary>
public sealed class ConvolutionalStackTests
{
    private static readonly Gen<Activation> _activations = Gen.Int[0, 3].Select(i => new[] { Activation.ReLU, Activation.SiLU, Activation.Tanh, Activation.LeakyReLU }[i]);

    /// <summary>Any small image: of one row or column or pixel among them, and sides that do not halve evenly.</summary>
    private static readonly Gen<PlainImage> _images = Gen.Select(
        Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[1, 3]),
        Gen.Int[1, 4].Array[1, 3],
        Gen.Int[1, 5].Array[0, 2],
        Gen.Int[0, 2].Select(half => (2 * half) + 1),
        Gen.Bool,
        (size, filters, layers, kernel, interleaved) => new PlainImage(size.Item1, size.Item2, size.Item3, filters, layers, kernel, interleaved));

    public static TheoryData<PlainImage, Activation, bool> Some => new()
    {
        { new(3, 4, 2, [3, 2], [4], 3, false), Activation.Tanh, false },
        { new(5, 3, 2, [2], [3], 3, true), Activation.SiLU, true },
        { new(1, 9, 2, [3, 2], [], 5, true), Activation.Tanh, true },
        { new(7, 1, 1, [2, 3], [2], 3, false), Activation.ReLU, false },
        { new(4, 4, 1, [2], [], 1, false), Activation.LeakyReLU, false },
    };

    [Fact]
    public void Outputs_are_those_of_plain_arithmetic() =>
        Gen.Select(_images, _activations, Gen.Bool, Gen.ULong).Sample(
            (image, activation, normalization, seed) =>
            {
                TrunkComparison comparison = Create(image, new HiddenLayers(activation, normalization));

                // Values that are alike by chance are normalised to a multiple of their rounding errors.
                comparison.CheckOutputs(seed, normalization ? 2e-2 : 2e-4);
                comparison.CheckCounts();
            },
            iter: 60,
            threads: 1);

    [Theory]
    [MemberData(nameof(Some))]
    public void Gradients_are_those_of_central_differences(PlainImage image, Activation activation, bool normalization)
    {
        for (uint seed = 1; seed <= 3; seed++)
        {
            Create(image, new HiddenLayers(activation, normalization)).CheckGradients(seed, 2e-5);
        }
    }

    /// <summary>Known by heart: a kernel that takes the pixel to the left, and the maximum of four.</summary>
    [Fact]
    public void A_kernel_looks_where_it_says()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using LayerStack stack = TrunkKinds.Create(Trunk.Convolutional(2, 3, 1, [1], []).Describe(6), 6, new HiddenLayers(Activation.ReLU, false));
        using (torch.no_grad())
        {
            stack.Parameters[0].copy_(torch.tensor(new float[] { 0, 0, 0, 1, 0, 0, 0, 0, 0 }, [1, 1, 3, 3]));
            stack.Parameters[1].copy_(torch.tensor(new float[] { 0.5f }));
        }

        // Rows 1 2 3 and 4 5 6 become 0 1 2 and 0 4 5; the third column is left over.
        Assert.Equal([4.5f], stack.Forward(torch.tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [1, 6]), null).data<float>().ToArray());
    }

    [Fact]
    public void Interleaved_channels_are_the_same_image()
    {
        using IDisposable scope = torch.NewDisposeScope();
        LayerStack Build(bool interleaved)
        {
            LayerStack stack = TrunkKinds.Create(Trunk.Convolutional(4, 5, 3, interleaved: interleaved).Describe(60), 60, new HiddenLayers(Activation.ReLU, false));
            stack.Initialize(new MlNetMultiTask.Training.CounterRandom(1, 1));
            return stack;
        }

        using LayerStack planes = Build(false);
        using LayerStack pixels = Build(true);
        float[] image = TrunkComparison.Draw(1, 60, 1f);
        float[] side = [.. Enumerable.Range(0, 60).Select(i => image[(i % 3 * 20) + (i / 3)])];

        Assert.Equal(planes.Forward(torch.tensor(image, [1, 60]), null).data<float>().ToArray(), pixels.Forward(torch.tensor(side, [1, 60]), null).data<float>().ToArray());
    }

    [Theory]
    [InlineData("image", null, "'image'")]
    [InlineData("filters", null, "'filters'")]
    [InlineData("kernelSize", null, "'kernelSize'")]
    [InlineData("layers", null, "'layers'")]
    [InlineData("image", new[] { 4, 6 }, "height, width and channels")]
    [InlineData("image", new[] { 4, 6, 1, 1 }, "height, width and channels")]
    [InlineData("image", new[] { 0, 6, 4 }, "height, width and channels")]
    [InlineData("image", new[] { -4, -6, 1 }, "height, width and channels")]
    [InlineData("image", new[] { 4, 5, 1 }, "reads 20 numbers, and there are 24")]
    [InlineData("filters", new int[0], "filters of 1 or more")]
    [InlineData("filters", new[] { 2, 0 }, "filters of 1 or more")]
    [InlineData("filters", new[] { -2 }, "filters of 1 or more")]
    [InlineData("kernelSize", new[] { 2 }, "odd kernel size")]
    [InlineData("kernelSize", new[] { 0 }, "'kernelSize'")]
    [InlineData("kernelSize", new[] { -3 }, "'kernelSize'")]
    [InlineData("kernelSize", new[] { 3, 3 }, "'kernelSize'")]
    public void A_setting_that_lies_is_a_format_error_that_says_so(string name, int[]? value, string words) =>
        Assert.Contains(words, LyingTrunks.Refuse(Trunk.Convolutional(4, 6, 1, [2], [3]).Describe(24), 24, name, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("image", new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    [InlineData("image", new[] { 1 << 30, 1 << 30, 16 })]
    [InlineData("filters", new[] { int.MaxValue })]
    [InlineData("filters", new[] { 1_000_000_000, 1 })]
    [InlineData("kernelSize", new[] { int.MaxValue })]
    [InlineData("layers", new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    public void Sizes_beyond_all_bounds_are_a_format_error(string name, int[] value) =>
        Assert.Contains("too large", LyingTrunks.Refuse(Trunk.Convolutional(4, 6, 1, [3], [3]).Describe(24), 24, name, value), StringComparison.Ordinal);

    private static TrunkComparison Create(PlainImage image, HiddenLayers hidden) => new(
        image.ToTrunk(),
        image.FeatureCount,
        hidden,
        (parameters, x) => PlainLayers.Convolutional(parameters, x, image, hidden.Activation, hidden.LayerNormalization));
}
