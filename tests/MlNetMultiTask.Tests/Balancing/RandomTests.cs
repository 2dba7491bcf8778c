using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Random loss weighting: the softmax of standard normal numbers.</summary>
public sealed class RandomTests
{
    [Fact]
    public void Weights_are_positive_add_up_to_1_and_follow_the_trainings_random_numbers_alone() =>
        Gen.Select(Gen.Int[1, 12], Gen.ULong).Sample((count, seed) =>
        {
            double[] weights = Draw(count, new CounterRandom(seed, 0));

            Assert.Equal(1, weights.Sum(), 1e-12);
            Assert.All(weights, weight => Assert.True(weight > 0));
            Assert.Equal(weights, Draw(count, new CounterRandom(seed, 0)));
        });

    [Fact]
    public void Their_logarithms_differ_by_normal_numbers_and_their_means_are_even()
    {
        var random = new CounterRandom(5, 0);
        double[][] drawn = [.. Enumerable.Range(0, 20000).Select(_ => Draw(3, random))];
        double[] differences = [.. drawn.Select(weights => Math.Log(weights[0] / weights[1]))];

        // The difference of two standard normal numbers has the variance 2 and the fourth moment 3 · 2²; the bounds are some four standard errors.
        Assert.All(Enumerable.Range(0, 3), task => Assert.Equal(1.0 / 3, drawn.Average(weights => weights[task]), 0.008));
        Assert.Equal(0, differences.Average(), 0.04);
        Assert.Equal(2, differences.Average(value => value * value), 0.08);
        Assert.Equal(12, differences.Average(value => Math.Pow(value, 4)), 1.2);
    }

    [Fact]
    public void The_extreme_random_numbers_give_finite_weights()
    {
        foreach (double extreme in new[] { 0, Math.BitDecrement(1.0) })
        {
            Assert.All(TaskBalancing.Random().Start(["A", "B"]).GetWeights(Steps.OfGramian(new double[2, 2], () => extreme)), weight => Assert.Equal(0.5, weight));
        }
    }

    private static double[] Draw(int count, CounterRandom random) =>
        TaskBalancing.Random().Start([.. Enumerable.Range(0, count).Select(i => $"T{i}")]).GetWeights(Steps.OfGramian(new double[count, count], random.NextDouble));
}
