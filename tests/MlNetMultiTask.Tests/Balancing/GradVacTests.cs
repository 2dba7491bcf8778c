using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>
/// GradVac against its definition on explicit vectors: g ← gᵢ; for the others j in random order, φ = cos(g, gⱼ); where it is less than the usual φ', g += ‖g‖ (φ'√(1 − φ²) − φ√(1 − φ'²)) / (‖gⱼ‖ √(1 − φ'²)) gⱼ; then
/// φ' ← (1 − β) φ' + β φ, per ordered pair.
/// </summary>
public sealed class GradVacTests
{
    [Fact]
    public void Several_steps_are_those_of_explicit_vectors_and_so_is_the_state() =>
        Gen.Select(Gen.Int[1, 6], Gen.Double[0.01, 0.9], Gen.ULong).Sample(
            (count, decay, seed) =>
            {
                var random = new CounterRandom(seed, 0);
                TaskWeighting weighting = TaskBalancing.GradVac(decay).Start([.. Enumerable.Range(0, count).Select(i => $"T{i}")]);
                double[,] usual = new double[count, count];
                for (int step = 0; step < 6; step++)
                {
                    int[] tasks = [.. Enumerable.Range(0, count).Where(_ => step == 0 || random.NextDouble() < 0.7)];
                    if (tasks.Length == 0)
                    {
                        continue;
                    }

                    var gradients = new Gradients([.. tasks.Select(_ => Enumerable.Range(0, 10).Select(_ => random.NextDouble() - 0.4).ToArray())]);
                    ulong order = random.NextUInt64();
                    double[] weights = weighting.GetWeights(Steps.OfGradients(gradients.Rows, new CounterRandom(order, 0).NextDouble, tasks));
                    double[] expected = Operate(gradients, tasks, usual, decay, new CounterRandom(order, 0).NextDouble);

                    double[] difference = Vectors.Add(gradients.Combine(weights), -1, expected);
                    Assert.True(Vectors.Length(difference) <= 1e-10 * gradients.GetSize(weights), $"{Vectors.Length(difference)} in step {step}");
                    Assert.Equal(usual.Cast<double>(), weighting.ExportState(), (a, b) => Math.Abs(a - b) < 1e-10);
                }
            },
            iter: 300);

    [Fact]
    public void The_first_step_of_two_tasks_is_that_of_PCGrad() =>
        Gen.Double[-1, 1].Array[4].Array[2].Sample(rows =>
        {
            var gradients = new Gradients(rows);

            Assert.Equal(gradients.Weigh(TaskBalancing.PCGrad()), gradients.Weigh(TaskBalancing.GradVac()), (a, b) => Math.Abs(a - b) <= 1e-9 * Math.Abs(a));
        });

    [Fact]
    public void A_gradient_is_brought_to_the_usual_cosine()
    {
        TaskWeighting weighting = TaskBalancing.GradVac().Start(["A", "B"]);

        // Of A towards B it is usually 0.6; of B towards A nothing is asked.
        weighting.ImportState([0, 0.6, -1, 0]);
        double[] weights = weighting.GetWeights(Steps.OfGradients([[1, 0], [0.1, 2]]));

        Assert.Equal(1, weights[0], 1e-12);
        double[] brought = [1 + (0.1 * (weights[1] - 1)), 2 * (weights[1] - 1)];
        Assert.Equal(0.6, ((0.1 * brought[0]) + (2 * brought[1])) / Math.Sqrt(4.01) / Vectors.Length(brought), 1e-12);
    }

    [Fact]
    public void Gradients_that_are_always_parallel_and_then_are_not_give_finite_weights()
    {
        TaskWeighting weighting = TaskBalancing.GradVac(decay: 1).Start(["A", "B"]);
        weighting.GetWeights(Steps.OfGradients([[1, 1], [2, 2]]));
        double[] weights = weighting.GetWeights(Steps.OfGradients([[1, 0], [-1, 1e-9]]));

        Assert.All(weights, weight => Assert.InRange(Math.Abs(weight), 0, 1e9));
    }

    private static double[] Operate(Gradients gradients, int[] tasks, double[,] usual, double decay, Func<double> nextRandom)
    {
        double[] sum = new double[gradients.Rows[0].Length];
        for (int i = 0; i < gradients.Count; i++)
        {
            double[] g = gradients.Rows[i];
            foreach (int j in Orders.OfOthers(i, gradients.Count, nextRandom))
            {
                double[] other = gradients.Rows[j];
                ref double wanted = ref usual[tasks[i], tasks[j]];
                double cosine = Vectors.Dot(g, other) / Vectors.Length(g) / Vectors.Length(other);
                if (cosine < wanted)
                {
                    double part = Vectors.Length(g) * ((wanted * Math.Sqrt(1 - (cosine * cosine))) - (cosine * Math.Sqrt(1 - (wanted * wanted)))) / (Vectors.Length(other) * Math.Sqrt(1 - (wanted * wanted)));
                    g = Vectors.Add(g, part, other);
                }

                wanted = ((1 - decay) * wanted) + (decay * cosine);
            }

            sum = Vectors.Add(sum, 1, g);
        }

        return sum;
    }
}
