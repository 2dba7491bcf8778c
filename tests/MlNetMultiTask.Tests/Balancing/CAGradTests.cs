using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>CAGrad: of all directions d with ‖d − g₀‖ ≤ c ‖g₀‖, g₀ the mean gradient, the one whose least gain minᵢ gᵢ·d is largest.</summary>
public sealed class CAGradTests
{
    private static readonly Gen<(Gradients Gradients, double C)> _gen =
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05 && Vectors.Length(gradients.Mean) > 0.02), Gen.Double[0.05, 2]);

    [Fact]
    public void Without_reach_it_is_the_mean() =>
        GradientGen.All.Sample(gradients => Assert.Equal(Enumerable.Repeat(1.0 / gradients.Count, gradients.Count), gradients.Weigh(TaskBalancing.CAGrad(0))));

    [Fact]
    public void The_direction_is_at_the_given_distance_from_the_mean() =>
        _gen.Sample(
            given =>
            {
                double[] mean = given.Gradients.Mean;
                double[] combined = given.Gradients.Combine(given.Gradients.Weigh(TaskBalancing.CAGrad(given.C)));

                double wanted = given.C * Vectors.Length(mean);
                Assert.Equal(wanted, Vectors.Length(Vectors.Add(combined, -1, mean)), 1e-6 * wanted);
            },
            iter: 500);

    [Fact]
    public void No_weight_is_below_that_of_the_mean_and_the_direction_never_leaves_the_ball() =>
        Gen.Select(GradientGen.All, Gen.Double[0, 3]).Sample(
            (gradients, c) =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.CAGrad(c));
                double[] mean = gradients.Mean;
                double distance = Vectors.Length(Vectors.Add(gradients.Combine(weights), -1, mean));

                Assert.All(weights, weight => Assert.True(weight >= 1.0 / gradients.Count, $"{weight}"));

                // What cancels is known up to rounding in relation to the longest gradient.
                Assert.True(distance <= (c * Vectors.Length(mean) * (1 + 1e-5)) + (1e-6 * gradients.Norms.Max()), $"{distance} and {c * Vectors.Length(mean)}");
            },
            iter: 2000);

    [Fact]
    public void No_direction_within_reach_has_a_larger_least_gain() =>
        Gen.Select(_gen, Gen.ULong).Sample(
            (given, seed) =>
            {
                (Gradients gradients, double c) = given;
                double[] mean = gradients.Mean;
                double radius = c * Vectors.Length(mean);
                double[] combined = gradients.Combine(gradients.Weigh(TaskBalancing.CAGrad(c)));
                double best = GetLeastGain(gradients, combined);
                var random = new CounterRandom(seed, 0);
                for (int trial = 0; trial < 300; trial++)
                {
                    // Near to the solution and far from it; pulled back into the ball.
                    double[] away = Vectors.Add(combined, Math.Pow(10, -3 * random.NextDouble()) * radius, [.. mean.Select(_ => (2 * random.NextDouble()) - 1)]);
                    double[] offset = Vectors.Add(away, -1, mean);
                    double[] other = Vectors.Add(mean, Math.Min(1, radius / Vectors.Length(offset)), offset);
                    Assert.True(GetLeastGain(gradients, other) <= best + (1e-7 * radius), $"{GetLeastGain(gradients, other)} and {best}");
                }
            },
            iter: 200);

    [Fact]
    public void The_gain_is_the_dual_value_so_that_none_can_be_larger() =>
        _gen.Sample(
            given =>
            {
                (Gradients gradients, double c) = given;
                double[] mean = gradients.Mean;
                double[] weights = gradients.Weigh(TaskBalancing.CAGrad(c));

                // w = 1/T + λ v with v on the simplex: v bounds every direction's least gain by g_v·g₀ + c ‖g₀‖ ‖g_v‖.
                double[] excess = [.. weights.Select(weight => weight - (1.0 / gradients.Count))];
                double[] v = Vectors.Multiply(excess, 1 / excess.Sum());
                double[] combined = gradients.Combine(v);
                double bound = Vectors.Dot(combined, mean) + (c * Vectors.Length(mean) * Vectors.Length(combined));
                Assert.Equal(bound, GetLeastGain(gradients, gradients.Combine(weights)), 1e-6 * gradients.Norms.Max() * Vectors.Length(mean));
            },
            iter: 500);

    [Fact]
    public void The_scale_of_all_gradients_together_does_not_matter() =>
        Gen.Select(_gen, Gen.Double[-8, 8]).Sample(
            (given, power) =>
            {
                double[] weights = given.Gradients.Weigh(TaskBalancing.CAGrad(given.C));
                double[] scaled = given.Gradients.Scale([.. weights.Select(_ => Math.Pow(10, power))]).Weigh(TaskBalancing.CAGrad(given.C));

                Assert.Equal(weights, scaled, (a, b) => Math.Abs(a - b) < 1e-6 * (1 + Math.Abs(a)));
            },
            iter: 300);

    private static double GetLeastGain(Gradients gradients, double[] direction) => gradients.Rows.Min(row => Vectors.Dot(row, direction));
}
