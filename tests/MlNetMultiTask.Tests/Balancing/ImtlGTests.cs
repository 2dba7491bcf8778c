using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>IMTL-G: the combination with Σw = 1 that has the same projection on every unit gradient.</summary>
public sealed class ImtlGTests
{
    [Fact]
    public void All_unit_gradients_have_the_same_projection_where_none_depends_on_others() =>
        GradientGen.Independent.Where(gradients => gradients.Independence > 0.01).Sample(
            gradients =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.ImtlG());
                double[] projections = gradients.Project(weights);

                Assert.Equal(1, weights.Sum(), 1e-9 * weights.Sum(Math.Abs));
                Assert.All(projections, projection => Assert.Equal(projections[0], projection, 1e-9));
                Assert.NotEqual(0, projections[0], 1e-6);
            },
            iter: 1000);

    [Fact]
    public void The_direction_does_not_change_with_the_scale_of_a_loss() =>
        Gen.Select(GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.01), Gen.Double[-6, 6].Array[12]).Sample(
            (gradients, powers) =>
            {
                Gradients scaled = gradients.Scale([.. powers[..gradients.Count].Select(power => Math.Pow(10, power))]);
                double[] first = gradients.Combine(gradients.Weigh(TaskBalancing.ImtlG()));
                double[] second = scaled.Combine(scaled.Weigh(TaskBalancing.ImtlG()));

                // Σw = 1 fixes the length, and the sign: the sum of weights can be below 0.
                Assert.Equal(1, Math.Abs(Vectors.Dot(first, second)) / Vectors.Length(first) / Vectors.Length(second), 1e-9);
            },
            iter: 500);

    [Fact]
    public void Parallel_gradients_share_their_direction() =>
        Gen.Select(Gen.Double[0.01, 100].Array[1, 12], Gen.Double[-1, 1].Array[5].Where(axis => Vectors.Length(axis) > 0.1)).Sample((lengths, axis) =>
        {
            var gradients = new Gradients([.. lengths.Select(length => Vectors.Multiply(axis, length))]);
            double[] weights = gradients.Weigh(TaskBalancing.ImtlG());

            // C⁺1 of a matrix of ones is even: wᵢ ∝ 1 / lengthᵢ.
            double sum = lengths.Sum(length => 1 / length);
            Assert.Equal(lengths.Select(length => 1 / length / sum), weights, (a, b) => Math.Abs(a - b) < 1e-9);
        });

    [Fact]
    public void Where_there_is_no_such_combination_tasks_weigh_alike()
    {
        Assert.Equal([0.5, 0.5], new Gradients([[1, 0], [-2, 0]]).Weigh(TaskBalancing.ImtlG()));
        Assert.Equal([0.5, 0.5], new Gradients([[0, 0], [0, 0]]).Weigh(TaskBalancing.ImtlG()));
    }

    [Fact]
    public void A_gradient_of_0_weighs_0_beside_others() =>
        Assert.Equal([0.5, 0, 0.5], new Gradients([[1, 0], [0, 0], [0, -1]]).Weigh(TaskBalancing.ImtlG()), (a, b) => Math.Abs(a - b) < 1e-12);
}
