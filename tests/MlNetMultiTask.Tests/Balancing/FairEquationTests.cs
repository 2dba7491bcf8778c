using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Nash-MTL and FairGrad: Gw = w^(−1/α) with w &gt; 0, α = 1 for Nash-MTL.</summary>
public sealed class FairEquationTests
{
    private static readonly Gen<Gradients> _solvable = GradientGen.Independent.Where(gradients => gradients.Independence > 0.01);

    [Fact]
    public void FairGrad_solves_its_equation() =>
        Gen.Select(_solvable, Gen.Double[-1, 1]).Sample(
            (gradients, power) =>
            {
                double alpha = Math.Pow(10, power);
                double[] weights = gradients.Weigh(TaskBalancing.FairGrad(alpha));
                double[] combined = gradients.Combine(weights);
                for (int i = 0; i < weights.Length; i++)
                {
                    // In units of what is added up on the left: rounding is in relation to that.
                    double right = Math.Pow(weights[i], -1 / alpha);
                    double residual = Math.Abs(Vectors.Dot(gradients.Rows[i], combined) - right) / ((gradients.Norms[i] * gradients.GetSize(weights)) + right);
                    Assert.True(weights[i] > 0 && residual < 1e-9, $"alpha {alpha}, task {i}: {weights[i]} leaves {residual}");
                }
            },
            iter: 1000);

    [Fact]
    public void Residuals_are_below_the_eighth_digit_of_the_right_side_where_lengths_are_alike() =>
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05), Gen.Double[0.3, 4]).Sample(
            (gradients, alpha) =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.FairGrad(alpha));
                double[] combined = gradients.Combine(weights);
                Assert.All(gradients.Rows.Zip(weights), pair => Assert.Equal(1, Vectors.Dot(pair.First, combined) * Math.Pow(pair.Second, 1 / alpha), 1e-8));
            },
            iter: 500);

    [Fact]
    public void NashMTL_before_clipping_is_FairGrad_with_1_and_its_squared_length_is_the_number_of_tasks() =>
        _solvable.Sample(
            gradients =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.NashMTL(maximumNorm: null));
                double[] combined = gradients.Combine(weights);

                Assert.Equal(gradients.Weigh(TaskBalancing.FairGrad(1)), weights);
                Assert.Equal(gradients.Count, Vectors.Dot(combined, combined), 1e-8 * gradients.Count);
                Assert.All(gradients.Rows.Zip(weights), pair => Assert.Equal(1, Vectors.Dot(pair.First, combined) * pair.Second, 1e-7));
            },
            iter: 1000);

    [Fact]
    public void NashMTL_is_cut_to_the_maximum_norm_and_no_further() =>
        Gen.Select(_solvable, Gen.Double[0.1, 5]).Sample(
            (gradients, maximum) =>
            {
                double[] whole = gradients.Weigh(TaskBalancing.NashMTL(maximumNorm: null));
                double[] cut = gradients.Weigh(TaskBalancing.NashMTL(maximum));

                double factor = Math.Min(1, maximum / Math.Sqrt(gradients.Count));
                Assert.Equal(whole.Select(weight => weight * factor), cut, (a, b) => Math.Abs(a - b) <= 1e-7 * a);
            },
            iter: 300);

    [Fact]
    public void The_scale_of_a_loss_does_not_matter_to_NashMTL() =>
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.01), Gen.Double[-8, 8].Array[12]).Sample(
            (gradients, powers) =>
            {
                double[] factors = [.. powers[..gradients.Count].Select(power => Math.Pow(10, power))];
                double[] weights = gradients.Weigh(TaskBalancing.NashMTL());
                double[] scaled = gradients.Scale(factors).Weigh(TaskBalancing.NashMTL());

                Assert.Equal(weights, scaled.Zip(factors, (weight, factor) => weight * factor), (a, b) => Math.Abs(a - b) <= 1e-7 * a);
            },
            iter: 500);

    [Fact]
    public void One_task_has_the_closed_form() =>
        Gen.Select(Gen.Double[-8, 8], Gen.Double[0.1, 10]).Sample((power, alpha) =>
        {
            double norm = Math.Pow(10, power);
            double expected = Math.Pow(norm, -2 / (1 + (1 / alpha)));
            Assert.Equal(expected, new Gradients([[norm, 0]]).Weigh(TaskBalancing.FairGrad(alpha))[0], 1e-9 * expected);
        });

    [Fact]
    public void Opposed_gradients_and_gradients_of_0_have_bounded_weights()
    {
        double[] opposed = new Gradients([[1, 0], [-1, 0]]).Weigh(TaskBalancing.NashMTL(maximumNorm: null));

        Assert.All(opposed, weight => Assert.InRange(weight, 1, 1e5));
        Assert.Equal(opposed[0], opposed[1], 1e-6 * opposed[0]);
        Assert.Equal([0, 0.5], new Gradients([[0, 0], [0, 2]]).Weigh(TaskBalancing.NashMTL(maximumNorm: null)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.0, 0.0], new Gradients([[0, 0], [0, 0]]).Weigh(TaskBalancing.FairGrad(2)));
    }
}
