using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>PCGrad against its definition on explicit vectors: g ← gᵢ; for the others j in random order, if g·gⱼ &lt; 0: g −= (g·gⱼ / ‖gⱼ‖²) gⱼ; summed over i.</summary>
public sealed class PCGradTests
{
    [Fact]
    public void Without_conflict_every_weight_is_exactly_1() =>
        Gen.Select(Gen.Double[0, 1].Array[5].Array[1, 12], Gen.ULong).Sample((rows, seed) =>
            Assert.All(new Gradients(rows).Weigh(TaskBalancing.PCGrad(), new CounterRandom(seed, 0).NextDouble), weight => Assert.Equal(1.0, weight)));

    [Fact]
    public void Two_tasks_that_conflict_have_the_closed_form() =>
        Gen.Select(Gen.Double[1e-8, 1e8], Gen.Double[0.01, 100], Gen.Double[-1, 0]).Sample((first, second, cosine) =>
        {
            double g12 = cosine * first * second;
            double[] weights = TaskBalancing.PCGrad().Start(["A", "B"]).GetWeights(Steps.OfGramian(new[,] { { first * first, g12 }, { g12, second * second } }));

            Assert.Equal(1 - (g12 / (first * first)), weights[0], 1e-13 * weights[0]);
            Assert.Equal(1 - (g12 / (second * second)), weights[1], 1e-13 * weights[1]);
        });

    [Fact]
    public void The_combination_is_that_of_explicit_vectors_in_the_same_order() =>
        Gen.Select(GradientGen.Independent, Gen.ULong).Sample(
            (gradients, seed) =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.PCGrad(), new CounterRandom(seed, 1).NextDouble);
                double[] expected = Operate(gradients, new CounterRandom(seed, 1).NextDouble);

                // What cancels is lost to rounding in relation to what is added.
                double[] difference = Vectors.Add(gradients.Combine(weights), -1, expected);
                Assert.True(Vectors.Length(difference) <= 1e-10 * gradients.GetSize(weights), $"{Vectors.Length(difference)}");
            },
            iter: 1000);

    [Fact]
    public void The_order_is_drawn_anew_for_each_task_and_matters()
    {
        var gradients = new Gradients([[1, 0, 0.2], [-0.6, 0.8, 0], [-0.5, -0.7, 0.5], [0.1, -0.2, -1]]);
        double[][] drawn = [.. Enumerable.Range(0, 20).Select(seed => gradients.Weigh(TaskBalancing.PCGrad(), new CounterRandom((ulong)seed, 1).NextDouble))];

        Assert.True(drawn.Select(weights => string.Join(' ', weights)).Distinct().Count() > 5);
        Assert.Equal(drawn[3], gradients.Weigh(TaskBalancing.PCGrad(), new CounterRandom(3, 1).NextDouble));
    }

    [Fact]
    public void The_projections_are_onto_the_gradients_as_they_were()
    {
        // Of the first, nothing is left along the second; the second is projected onto the first as it was, not onto that rest.
        double[] weights = new Gradients([[1, 0], [-1, 1]]).Weigh(TaskBalancing.PCGrad());

        Assert.Equal([2.0, 1.5], weights, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    private static double[] Operate(Gradients gradients, Func<double> nextRandom)
    {
        double[] sum = new double[gradients.Rows[0].Length];
        for (int i = 0; i < gradients.Count; i++)
        {
            double[] g = gradients.Rows[i];
            foreach (int j in Orders.OfOthers(i, gradients.Count, nextRandom))
            {
                double[] other = gradients.Rows[j];
                double product = Vectors.Dot(g, other);
                g = product < 0 ? Vectors.Add(g, -product / Vectors.Dot(other, other), other) : g;
            }

            sum = Vectors.Add(sum, 1, g);
        }

        return sum;
    }
}
