using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>MGDA: min wᵀGw on the simplex, which is where (Gw)ᵢ ≥ wᵀGw, with equality where wᵢ &gt; 0.</summary>
public sealed class MGDATests
{
    [Fact]
    public void Weights_are_on_the_simplex_and_no_gradient_gains_less_than_the_squared_length() =>
        GradientGen.All.Sample(
            gradients =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.MGDA());

                Assert.All(weights, weight => Assert.InRange(weight, 0, 1 + 1e-12));
                Assert.Equal(1, weights.Sum(), 1e-12);

                double[] combined = gradients.Combine(weights);
                double length = Vectors.Length(combined);
                double size = gradients.GetSize(weights);
                for (int i = 0; i < gradients.Count && size > 0; i++)
                {
                    // In units of the gradient and of what is combined, in which rounding is.
                    double gain = (Vectors.Dot(gradients.Rows[i], combined) - (length * length)) / (gradients.Norms[i] * size);
                    Assert.True(gain >= -Gradients.Unknown, $"task {i} gains {gain}");
                    if (weights[i] > 0)
                    {
                        Assert.True(gain <= Gradients.Unknown, $"task {i} of weight {weights[i]} gains {gain}");
                    }
                }
            },
            iter: 2000);

    [Fact]
    public void Well_conditioned_problems_are_solved_to_the_last_digits() =>
        GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05).Sample(
            gradients =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.MGDA());
                double[] combined = gradients.Combine(weights);
                double square = Vectors.Dot(combined, combined);

                Assert.All(gradients.Rows.Zip(weights), pair =>
                {
                    double gain = Vectors.Dot(pair.First, combined);
                    Assert.True(gain >= square - (1e-11 * gradients.Norms.Max()), $"{gain} {square}");
                    Assert.True(pair.Second == 0 || gain <= square + (1e-11 * gradients.Norms.Max()), $"{gain} {square}");
                });
            },
            iter: 500);

    [Fact]
    public void Two_tasks_have_the_closed_form() =>
        Gen.Select(Gen.Double[0.01, 100], Gen.Double[0.01, 100], Gen.Double[-0.99, 0.99]).Sample((first, second, cosine) =>
        {
            double g12 = cosine * first * second;
            double[] weights = TaskBalancing.MGDA().Start(["A", "B"]).GetWeights(Steps.OfGramian(new[,] { { first * first, g12 }, { g12, second * second } }));

            double expected = Math.Clamp(((second * second) - g12) / ((first * first) + (second * second) - (2 * g12)), 0, 1);
            Assert.Equal(expected, weights[0], 1e-12);
            Assert.Equal(1 - expected, weights[1], 1e-12);
        });

    [Fact]
    public void Orthogonal_gradients_weigh_as_their_inverse_squared_lengths()
    {
        double[] weights = new Gradients([[2, 0, 0], [0, 1, 0], [0, 0, 4]]).Weigh(TaskBalancing.MGDA());

        Assert.Equal([0.25 / 1.3125, 1 / 1.3125, 0.0625 / 1.3125], weights, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Opposed_gradients_cancel_and_a_gradient_of_0_takes_all_the_weight()
    {
        Assert.Equal([0.75, 0.25], new Gradients([[1, 2], [-3, -6]]).Weigh(TaskBalancing.MGDA()), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 1, 0], new Gradients([[1, 2], [0, 0], [3, 1]]).Weigh(TaskBalancing.MGDA()));
        Assert.Equal([0.5, 0.5], new Gradients([[0, 0], [0, 0]]).Weigh(TaskBalancing.MGDA()));
    }
}
