using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Which gradients are balanced: what is chosen, what is refused, and what memory they take.</summary>
public sealed class BalancedGradientsTests
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];

    [Theory]
    [MemberData(nameof(GradientCases.WithoutTap), MemberType = typeof(GradientCases))]
    public void Those_of_the_representation_are_refused_where_there_is_none(string network)
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, GradientCases.Create(network, rows), BalancedGradients.OfRepresentation);
        ArgumentException error = Assert.Throws<ArgumentException>(() => step.Engine.ComputeSharedGramian(keepsGraph: false));

        Assert.Contains("BalancedGradients is OfRepresentation", error.Message, StringComparison.Ordinal);
        Assert.Contains(step.Network.Description.Kind, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("around the tap", "by another way")]
    [InlineData("through another's head", "by another way")]
    [InlineData("tap of features", "does not depend on any shared parameter")]
    public void Those_of_a_representation_that_is_not_behind_all_outputs_are_refused(string way, string problem)
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, GradientCases.CreateCustom(rows, way), BalancedGradients.OfRepresentation);
        ArgumentException error = Assert.Throws<ArgumentException>(() => step.Engine.ComputeSharedGramian(keepsGraph: false));

        Assert.Contains("Option BalancedGradients", error.Message, StringComparison.Ordinal);
        Assert.Contains("CustomNetwork", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("OfParameters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_goes_around_the_tap_is_found_out_in_its_first_batch_however_late_that_is()
    {
        var rows = new TrainingRows(10);
        Array.Fill(rows.Labels[4], float.NaN, 0, 5 * rows.Widths[4]);
        using var step = new GradientStep(rows, GradientCases.CreateCustom(rows, "around the tap in the last task"), BalancedGradients.OfRepresentation, batchSize: 5);
        Assert.False(step.Losses.Present[4]);
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_ones);
        step.Next(5);

        Assert.True(step.Losses.Present[4]);
        Assert.Throws<ArgumentException>(() => step.Engine.ComputeSharedGramian(keepsGraph: false));
    }

    /// <summary>As one does whose gate begins at 0.</summary>
    [Fact]
    public void A_way_around_the_tap_that_opens_later_is_found_out_in_the_next_epoch()
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, GradientCases.CreateCustom(rows, "around the tap from the second step on"), BalancedGradients.OfRepresentation);
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_ones);
        step.Engine.BeginEpoch(1);
        step.Renew();

        Assert.Throws<ArgumentException>(() => step.Engine.ComputeSharedGramian(keepsGraph: false));
    }

    [Fact]
    public void Heads_alone_are_gone_through_before_the_gradients_at_the_tap_are_combined()
    {
        var rows = new TrainingRows(9);
        using var step = new GradientStep(rows, rows.CreateNetwork(), BalancedGradients.OfRepresentation);
        step.Engine.ComputeSharedGramian(keepsGraph: false);

        Assert.All(step.Gradients[..step.SharedCount], value => Assert.Equal(0f, value));
        Assert.Contains(step.Gradients[step.SharedCount..], value => value != 0);
        step.Engine.CombineSharedGradients(_ones);
        Assert.Contains(step.Gradients[..step.SharedCount], value => value != 0);
    }

    [Fact]
    public void The_gradient_of_a_tap_may_lie_in_memory_as_it_likes()
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, GradientCases.CreateCustom(rows, "by columns"), BalancedGradients.OfRepresentation);
        double[] expected = step.Expect([0.5, 2, 0, 1, 3]);
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients([0.5, 2, 0, 1, 3]);

        Assert.All(expected.Zip(step.Gradients), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * expected.Max(Math.Abs)));
    }

    /// <summary>Of 5 tasks, 3,355,443 shared numbers are the most.</summary>
    [Theory]
    [InlineData(3300, false)]
    [InlineData(3400, true)]
    public void Those_of_very_many_parameters_give_way_to_those_of_the_representation(int width, bool atTap)
    {
        var rows = new TrainingRows(2);
        double[,] Compute(BalancedGradients mode)
        {
            MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(TrainingRows.FeatureCount, [.. rows.Infos.Select(info => info.OutputCount)], [1000, width], []));
            network.Initialize(new CounterRandom(1, 50), [.. rows.Infos.Select(info => new float[info.OutputCount])]);
            using var step = new GradientStep(rows, network, mode);
            return step.Engine.ComputeSharedGramian(keepsGraph: false);
        }

        double[,] chosen = Compute(BalancedGradients.Automatic);

        Assert.Equal(atTap, chosen.Cast<double>().SequenceEqual(Compute(BalancedGradients.OfRepresentation).Cast<double>()));
        Assert.Equal(!atTap, chosen.Cast<double>().SequenceEqual(Compute(BalancedGradients.OfParameters).Cast<double>()));
    }

    [Theory]
    [InlineData(BalancedGradients.OfParameters)]
    [InlineData(BalancedGradients.OfRepresentation)]
    public void The_memory_of_gradients_is_used_again(BalancedGradients mode)
    {
        const int Width = 4000;
        var rows = new TrainingRows(64);
        MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(TrainingRows.FeatureCount, [.. rows.Infos.Select(info => info.OutputCount)], [Width], []));
        network.Initialize(new CounterRandom(1, 50), [.. rows.Infos.Select(info => new float[info.OutputCount])]);
        using var step = new GradientStep(rows, network, mode);
        Step();
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();

        // Less than one gradient: of 4 * 4000 parameters, or of 64 * 4000 numbers at the tap.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (mode == BalancedGradients.OfParameters ? 4 : 64) * Width * sizeof(float) / 2);

        void Step()
        {
            step.Renew();
            step.Engine.ComputeSharedGramian(keepsGraph: false);
            step.Engine.CombineSharedGradients(_ones);
        }
    }
}
