using CsCheck;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Residual blocks for tables: what they compute and learn from, and descriptions that lie.</summary>
public sealed class ResidualStackTests
{
    private static readonly Gen<Activation> _activations = Gen.Int[0, 3].Select(i => new[] { Activation.ReLU, Activation.SiLU, Activation.Tanh, Activation.LeakyReLU }[i]);

    /// <summary>Few values that are alike by chance are normalised to rounding errors: so there are three or more.</summary>
    [Fact]
    public void Outputs_are_those_of_plain_arithmetic() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[3, 7], Gen.Int[1, 6], Gen.Int[1, 3], _activations, Gen.Bool, Gen.ULong).Sample(
            (features, width, inner, blocks, activation, normalization, seed) =>
            {
                TrunkComparison comparison = Create(features, width, inner, blocks, new HiddenLayers(activation, normalization));
                comparison.CheckOutputs(seed, 5e-3);
                comparison.CheckCounts();
            },
            iter: 40,
            threads: 1);

    [Theory]
    [InlineData(3, 5, 4, 1, Activation.Tanh, false)]
    [InlineData(2, 4, 7, 2, Activation.SiLU, true)]
    [InlineData(5, 3, 1, 3, Activation.ReLU, false)]
    [InlineData(1, 6, 3, 2, Activation.LeakyReLU, false)]
    public void Gradients_are_those_of_central_differences(int features, int width, int inner, int blocks, Activation activation, bool normalization)
    {
        for (uint seed = 1; seed <= 5; seed++)
        {
            Create(features, width, inner, blocks, new HiddenLayers(activation, normalization)).CheckGradients(seed, 2e-5);
        }
    }

    [Fact]
    public void What_is_computed_of_a_row_depends_on_that_row_alone()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using LayerStack stack = TrunkKinds.Create(Trunk.Residual(8, 2).Describe(5), 5, new HiddenLayers(Activation.ReLU, false));
        stack.Initialize(new CounterRandom(1, 1));
        torch.Tensor rows = torch.tensor(TrunkComparison.Draw(2, 4 * 5, 2f), [4, 5]);
        torch.Tensor together = stack.Forward(rows, null);

        Assert.All(Enumerable.Range(0, 4), row => Assert.True(stack.Forward(rows.narrow(0, row, 1), null).allclose(together.narrow(0, row, 1), 1e-5, 1e-6)));
    }

    /// <summary>Blocks begin small together: the variance of what goes through does not grow with their number.</summary>
    [Fact]
    public void The_first_weights_keep_the_scale_however_many_blocks_there_are()
    {
        using IDisposable scope = torch.NewDisposeScope();
        torch.Tensor rows = torch.tensor(TrunkComparison.Draw(3, 200 * 20, 1f), [200, 20]);
        double Deviation(int blocks)
        {
            using LayerStack stack = TrunkKinds.Create(Trunk.Residual(64, blocks).Describe(20), 20, new HiddenLayers(Activation.ReLU, false));
            stack.Initialize(new CounterRandom(1, 1));
            torch.Tensor x = rows;
            for (int stage = 0; stage < stack.StageCount - 1; stage++)
            {
                x = stack.ForwardStage(stage, x, null);
            }

            return x.std().item<float>();
        }

        Assert.InRange(Deviation(16) / Deviation(2), 0.7, 1.5);
    }

    [Fact]
    public void Dropout_drops_inside_blocks()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using LayerStack stack = TrunkKinds.Create(Trunk.Residual(8, 1).Describe(5), 5, new HiddenLayers(Activation.ReLU, false));
        stack.Initialize(new CounterRandom(1, 1));
        using var dropout = new Dropout(0.5);
        torch.Tensor rows = torch.tensor(TrunkComparison.Draw(2, 4 * 5, 2f), [4, 5]);
        float[] Forward(Dropout? with) => stack.Forward(rows, with).detach().data<float>().ToArray();
        dropout.Seed(1);
        float[] first = Forward(dropout);
        dropout.Seed(1);

        Assert.Equal(first, Forward(dropout));
        Assert.NotEqual(first, Forward(null));
        Assert.Equal(stack.ForwardStage(0, rows, null).data<float>().ToArray(), stack.ForwardStage(0, rows, dropout).data<float>().ToArray());
    }

    [Theory]
    [InlineData("width", null)]
    [InlineData("hiddenWidth", null)]
    [InlineData("numberOfBlocks", null)]
    [InlineData("width", new[] { 0 })]
    [InlineData("hiddenWidth", new[] { -1 })]
    [InlineData("numberOfBlocks", new int[0])]
    [InlineData("numberOfBlocks", new[] { 1, 2 })]
    public void A_setting_that_lies_is_a_format_error_that_names_it(string name, int[]? value) =>
        Assert.Contains($"'{name}'", LyingTrunks.Refuse(Trunk.Residual(4, 2, 3).Describe(5), 5, name, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("width")]
    [InlineData("hiddenWidth")]
    [InlineData("numberOfBlocks")]
    public void Sizes_beyond_all_bounds_are_a_format_error(string name)
    {
        // Each alone is possible in 64 bits, and says so in the count.
        TrunkDescription good = Trunk.Residual(100_000_000, 2, 100_000_000).Describe(5);
        TrunkDescription description = good with { Sizes = new Dictionary<string, int[]>(good.Sizes) { ["numberOfBlocks"] = [int.MaxValue], [name] = [int.MaxValue] } };

        Assert.Contains("too large", LyingTrunks.Refuse(description, 5), StringComparison.Ordinal);
    }

    private static TrunkComparison Create(int features, int width, int inner, int blocks, HiddenLayers hidden) => new(
        Trunk.Residual(width, blocks, inner),
        features,
        hidden,
        (parameters, x) => PlainLayers.Residual(parameters, x, width, inner, blocks, hidden.Activation));
}
