using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>What users say of trunks: mistakes are explained, and the texts name what matters.</summary>
public sealed class TrunkTests
{
    public static TheoryData<string, Func<Trunk>, string> Wrong => new()
    {
        { "layers", () => Trunk.Dense(8, 0), "layers is 0" },
        { "layers", () => Trunk.Dense(null!), "layers" },
        { "width", () => Trunk.Residual(0), "width is 0; it must be 1 or more" },
        { "numberOfBlocks", () => Trunk.Residual(8, -1), "numberOfBlocks is -1" },
        { "hiddenWidth", () => Trunk.Residual(8, 1, 0), "hiddenWidth is 0" },
        { "width", () => Trunk.Residual(int.MaxValue), "beyond all bounds" },
        { "height", () => Trunk.Convolutional(0, 2), "height is 0" },
        { "width", () => Trunk.Convolutional(2, -2), "width is -2" },
        { "channels", () => Trunk.Convolutional(2, 2, 0), "channels is 0" },
        { "filters", () => Trunk.Convolutional(2, 2, 1, []), "no filter" },
        { "filters", () => Trunk.Convolutional(2, 2, 1, [4, 0]), "filters is 0" },
        { "layers", () => Trunk.Convolutional(2, 2, 1, [4], [0]), "layers is 0" },
        { "kernelSize", () => Trunk.Convolutional(2, 2, kernelSize: 0), "kernelSize is 0" },
        { "kernelSize", () => Trunk.Convolutional(2, 2, kernelSize: 4), "kernel size is 4; only an odd one" },
        { "height", () => Trunk.Convolutional(65_536, 65_536), "65536 x 65536 x 1 values is beyond all bounds" },
        { "height", () => Trunk.Convolutional(int.MaxValue, int.MaxValue, int.MaxValue), "beyond all bounds" },
        { "filters", () => Trunk.Convolutional(100, 100, 1, [int.MaxValue]), "filters of 2147483647, with kernels of 3 x 3" },
        { "filters", () => Trunk.Convolutional(100, 100, kernelSize: int.MaxValue), "kernels of 2147483647 x 2147483647" },
    };

    public static TheoryData<Trunk, string> Texts => new()
    {
        { Trunk.Dense(), "Dense(none)" },
        { Trunk.Dense(1280, 64), "Dense(1280, 64)" },
        { Trunk.Residual(), "Residual(2 blocks of 128, 256 inside)" },
        { Trunk.Residual(8, 3, 5), "Residual(3 blocks of 8, 5 inside)" },
        { Trunk.Convolutional(28, 28), "Convolutional(28 x 28 x 1; filters 16, 32, kernels 3 x 3; layers 64)" },
        { Trunk.Convolutional(1, 1000, 3, [8], [], 5, interleaved: true), "Convolutional(1 x 1000 x 3 interleaved; filters 8, kernels 5 x 5; layers none)" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_argument_is_named(string parameter, Func<Trunk> create, string words)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(create);

        Assert.Equal(parameter, e.ParamName);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void As_text_it_is_its_kind_and_sizes(Trunk trunk, string text) => Assert.Equal(text, trunk.ToString());

    [Fact]
    public void The_largest_sizes_are_taken_as_they_are()
    {
        Assert.Equal("Residual(1 blocks of 2147483647, 1 inside)", Trunk.Residual(int.MaxValue, 1, 1).ToString());
        Assert.NotNull(Trunk.Convolutional(1, int.MaxValue, 1, [1]));
    }

    [Fact]
    public void Features_of_another_number_than_the_image_has_are_refused_with_both()
    {
        Trunk trunk = Trunk.Convolutional(4, 5, 3);
        string message = Assert.Throws<ArgumentException>(() => trunk.Describe(50)).Message;

        Assert.Contains("Convolutional(4 x 5 x 3;", message, StringComparison.Ordinal);
        Assert.Contains("reads 60 numbers, and there are 50 features", message, StringComparison.Ordinal);
        Assert.Equal(ConvolutionalStack.KindName, trunk.Describe(60).Kind);
        Assert.Equal(ResidualStack.KindName, Trunk.Residual().Describe(50).Kind);
    }

    [Fact]
    public void A_list_that_changes_later_does_not_change_the_trunk()
    {
        List<int> widths = [8, 4];
        Trunk dense = Trunk.Dense(widths);
        Trunk convolutional = Trunk.Convolutional(2, 2, 1, widths, widths);
        widths[0] = 100;

        Assert.Equal([8, 4], DenseStack.GetWidths(dense.Describe(3)));
        Assert.Equal([8, 4], convolutional.Describe(4).GetSizes("filters"));
        Assert.Equal([8, 4], convolutional.Describe(4).GetSizes("layers"));
    }

    [Fact]
    public void An_unknown_kind_is_a_format_error_that_names_the_known_ones()
    {
        string message = LyingTrunks.Refuse(new TrunkDescription("Other", new Dictionary<string, int[]>()), 4);

        Assert.Contains("'Other'", message, StringComparison.Ordinal);
        Assert.Contains("Dense, Residual, Convolutional", message, StringComparison.Ordinal);
    }
}
