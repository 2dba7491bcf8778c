using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The weights of methods on losses are the derivatives, by the losses, of the one number that they minimise: compared with central differences of its definition.</summary>
public sealed class ScalarisationTests
{
    private const double Step = 1e-5;

    private static readonly Gen<double[]> _losses = Gen.Double[0.1, 5].Array[1, 12];

    [Fact]
    public void The_facts_values_are_those_of_the_definitions()
    {
        Assert.Equal(3.5, Uncertainty([1, 2, 4], [0, 0, 0]), 1e-12);
        Assert.Equal(7, ImtlL([1, 2, 4], [0, 0, 0]), 1e-12);
        Assert.Equal(2, GeometricMean([1, 2, 4]), 1e-12);
        Assert.Equal(Math.Log(2), Tchebycheff([0, 0], 1), 1e-12);
        Assert.Equal(0.46209812, Famo([1, 2], [0.5, 0.5], [1, 2]), 1e-8);
    }

    [Fact]
    public void Uncertainty_at_0_is_half_the_sum() =>
        _losses.Sample(losses => RequireDerivatives(TaskBalancing.Uncertainty(), losses, x => Uncertainty(x, new double[x.Length])));

    [Fact]
    public void ImtlL_at_0_is_the_sum() =>
        _losses.Sample(losses => RequireDerivatives(TaskBalancing.ImtlL(), losses, x => ImtlL(x, new double[x.Length])));

    [Fact]
    public void GeometricMean_has_the_derivatives_of_the_geometric_mean() =>
        _losses.Sample(losses => RequireDerivatives(TaskBalancing.GeometricMean(), losses, GeometricMean));

    [Fact]
    public void STCH_has_the_derivatives_of_the_smooth_maximum() =>
        Gen.Select(_losses, Gen.Double[0.1, 10]).Sample((losses, smoothing) => RequireDerivatives(TaskBalancing.STCH(smoothing), losses, x => Tchebycheff(x, smoothing)));

    [Fact]
    public void FAMO_has_the_derivatives_of_the_sum_of_logarithms_whose_scale_is_held() =>
        _losses.Sample(losses => RequireDerivatives(TaskBalancing.FAMO(), losses, x => Famo(x, [.. x.Select(_ => 1.0 / x.Length)], losses)));

    [Fact]
    public void Weights_of_FAMO_for_losses_of_1_and_2_are_two_thirds_and_one_third() =>
        Assert.Equal([2.0 / 3, 1.0 / 3], Start(TaskBalancing.FAMO(), 2).GetWeights(Steps.OfLosses(1, 2)), (a, b) => Math.Abs(a - b) < 1e-15);

    [Fact]
    public void Derivatives_stay_those_of_the_definition_when_learned_numbers_have_moved() =>
        Gen.Select(_losses, Gen.Int[1, 40]).Sample((losses, steps) =>
        {
            (TaskWeighting uncertainty, TaskWeighting scales) = (Start(TaskBalancing.Uncertainty(0.05), losses.Length), Start(TaskBalancing.ImtlL(0.05), losses.Length));
            for (int step = 0; step < steps; step++)
            {
                uncertainty.GetWeights(Steps.OfLosses(losses));
                scales.GetWeights(Steps.OfLosses(losses));
            }

            double[] s = uncertainty.ExportState()[..losses.Length];

            // What is kept is the logarithm of the scale's inverse, as of uncertainty.
            double[] t = [.. scales.ExportState()[..losses.Length].Select(kept => -kept)];
            RequireClose(uncertainty.GetWeights(Steps.OfLosses(losses)), losses, x => Uncertainty(x, s));
            RequireClose(scales.GetWeights(Steps.OfLosses(losses)), losses, x => ImtlL(x, t));
        });

    [Theory]
    [InlineData(1e30, 1.0, 1.0)]
    [InlineData(1e30, 1e30, 1e-6)]
    [InlineData(0.0, 1e38, 1e-300)]
    [InlineData(3e38, 3e38, double.Epsilon)]
    public void STCH_does_not_overflow(double first, double second, double smoothing)
    {
        double[] weights = Start(TaskBalancing.STCH(smoothing), 2).GetWeights(Steps.OfLosses(first, second));

        Assert.Equal(1, weights.Sum(), 1e-12);
        Assert.Equal(first > second ? [1.0, 0.0] : first < second ? [0.0, 1.0] : [0.5, 0.5], weights);
    }

    [Fact]
    public void STCH_goes_to_the_largest_loss_above_its_ideal_as_the_smoothing_vanishes()
    {
        TaskWeighting weighting = TaskBalancing.STCH(1e-4, ("B", 5f)).Start(["A", "B", "C"]);

        Assert.Equal([0.0, 0.0, 1.0], weighting.GetWeights(Steps.OfLosses(1, 6, 1.01)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.0, 1.0, 0.0], weighting.GetWeights(Steps.OfLosses(1, 6.1, 1.01)), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    private static TaskWeighting Start(TaskBalancing method, int count) => method.Start([.. Enumerable.Range(0, count).Select(i => $"T{i}")]);

    private static double Uncertainty(double[] losses, double[] s) => losses.Zip(s, (loss, own) => (0.5 * Math.Exp(-own) * loss) + (0.5 * own)).Sum();

    private static double ImtlL(double[] losses, double[] s) => losses.Zip(s, (loss, own) => (Math.Exp(own) * loss) - own).Sum();

    private static double GeometricMean(double[] losses) => Math.Pow(losses.Aggregate(1.0, (product, loss) => product * loss), 1.0 / losses.Length);

    private static double Tchebycheff(double[] losses, double smoothing) => smoothing * Math.Log(losses.Sum(loss => Math.Exp(loss / smoothing)));

    private static double Famo(double[] losses, double[] z, double[] held) => losses.Zip(z, (loss, share) => share * Math.Log(loss)).Sum() / held.Zip(z, (loss, share) => share / loss).Sum();

    private static void RequireDerivatives(TaskBalancing method, double[] losses, Func<double[], double> value) => RequireClose(Start(method, losses.Length).GetWeights(Steps.OfLosses(losses)), losses, value);

    private static void RequireClose(double[] weights, double[] losses, Func<double[], double> value)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            (double[] up, double[] down) = ([.. losses], [.. losses]);
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal((value(up) - value(down)) / (2 * Step), weights[i], 1e-6 * (1 + weights[i]));
        }
    }
}
