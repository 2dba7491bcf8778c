using CsCheck;
using MlNetMultiTask.Balancing;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The least ½ xᵀQx + cᵀx over x ≥ 0: x ≥ 0, Qx + c ≥ 0, and xᵢ (Qx + c)ᵢ = 0.</summary>
public sealed class NonNegativeQuadraticTests
{
    [Fact]
    public void The_conditions_of_the_minimum_hold_for_cosines_of_all_kinds() =>
        Gen.Select(GradientGen.All, Gen.Double[-1, 1].Array[12]).Sample(
            (gradients, values) =>
            {
                double[,] q = new ScaledGramian(Steps.OfGradients(gradients.Rows).Gramian!).Cosines;
                int count = gradients.Count;

                // In the range of Q, or there would be no minimum.
                double[] c = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Sum(j => q[i, j] * values[j]))];
                RequireMinimum(q, c, NonNegativeQuadratic.Minimize(q, c), values.Sum(Math.Abs), Gradients.Unknown);
            },
            iter: 3000);

    [Fact]
    public void Well_conditioned_problems_are_solved_to_the_last_digits_at_any_scale_of_the_linear_part() =>
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05), Gen.Double[-1, 1].Array[12], Gen.Double[-100, 100]).Sample(
            (gradients, values, power) =>
            {
                double[,] q = new ScaledGramian(Steps.OfGradients(gradients.Rows).Gramian!).Cosines;
                double[] c = [.. values[..gradients.Count].Select(value => value * Math.Pow(10, power))];
                RequireMinimum(q, c, NonNegativeQuadratic.Minimize(q, c), c.Max(Math.Abs), 1e-12);
            },
            iter: 1000);

    [Fact]
    public void No_subset_of_coordinates_reaches_less() =>
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Count <= 7 && gradients.Independence > 0.05), Gen.Double[-1, 1].Array[12]).Sample(
            (gradients, values) =>
            {
                double[,] q = new ScaledGramian(Steps.OfGradients(gradients.Rows).Gramian!).Cosines;
                double[] c = values[..gradients.Count];
                double least = GetValue(q, c, NonNegativeQuadratic.Minimize(q, c));
                for (int subset = 0; subset < 1 << c.Length; subset++)
                {
                    int[] picked = [.. Enumerable.Range(0, c.Length).Where(i => (subset & (1 << i)) != 0)];
                    double[] own = Cholesky.TryFactor(q, picked)!.Solve([.. picked.Select(i => -c[i])]);
                    if (own.All(value => value >= 0))
                    {
                        double[] x = new double[c.Length];
                        own.Index().ToList().ForEach(pair => x[picked[pair.Index]] = pair.Item);

                        // In units of the terms that are added up, which are far larger than their sum where Q is nearly singular.
                        Assert.True(GetValue(q, c, x) >= least - (1e-12 * (1 + x.Sum())));
                    }
                }
            },
            iter: 200);

    [Fact]
    public void Nothing_falls_where_the_linear_part_is_not_negative() =>
        Assert.Equal([0.0, 0.0], NonNegativeQuadratic.Minimize(new[,] { { 1, -0.5 }, { -0.5, 1 } }, [0, 0.1]));

    private static double GetValue(double[,] q, double[] c, double[] x) => Enumerable.Range(0, c.Length).Sum(i => x[i] * (c[i] + (Enumerable.Range(0, c.Length).Sum(j => q[i, j] * x[j]) / 2)));

    private static void RequireMinimum(double[,] q, double[] c, double[] x, double termsOfC, double tolerance)
    {
        for (int i = 0; i < x.Length; i++)
        {
            // In units of the terms that are added up.
            double slope = c[i] + Enumerable.Range(0, x.Length).Sum(j => q[i, j] * x[j]);
            double size = termsOfC + x.Sum();
            Assert.True(x[i] >= 0 && slope >= -tolerance * size, $"{x[i]} and {slope} of {size}");
            Assert.True(x[i] == 0 || slope <= tolerance * size, $"{x[i]} and {slope} of {size}");
        }
    }
}
