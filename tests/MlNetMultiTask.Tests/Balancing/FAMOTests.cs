using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>FAMO: Σ (zᵢ / c) log(Lᵢ − bᵢ), z = softmax(ξ); ξ follows Adam with weight decay on what each logarithm fell by.</summary>
public sealed class FAMOTests
{
    private static readonly string[] _tasks = ["A", "B", "C"];

    [Fact]
    public void Weights_are_those_of_a_plain_implementation_over_many_steps_with_gaps() =>
        Gen.Select(Gen.Double[1, 50].Array[3].Array[15], Gen.Double[0, 0.2].Array[3].Array[15], Gen.Bool.Array[3].Array[15]).Sample((losses, parts, present) =>
        {
            // Never alike: Adam would follow the rounding of what is 0.
            double[][] factors = [.. parts.Select(part => new[] { 0.5 + part[0], 0.8 + part[1], 1.1 + part[2] })];
            double[] minima = [0, 0.5, -2];
            TaskWeighting weighting = TaskBalancing.FAMO(0.1, 0.01, ("C", -2f), ("B", 0.5f)).Start(_tasks);
            LearnedNumber[] xi = [new(0), new(0), new(0)];
            for (int step = 0; step < losses.Length; step++)
            {
                int[] tasks = [.. Enumerable.Range(0, 3).Where(task => present[step][task])];
                if (tasks.Length == 0)
                {
                    continue;
                }

                double[] before = [.. tasks.Select(task => losses[step][task])];
                double[] after = [.. tasks.Select(task => minima[task] + ((losses[step][task] - minima[task]) * factors[step][task]))];
                BalancingStep inputs = Steps.Of(tasks, before);
                double[] z = SoftmaxOf([.. tasks.Select(task => xi[task].Value)]);
                double[] slopes = [.. tasks.Select((task, i) => z[i] / (before[i] - minima[task]))];
                Assert.Equal(slopes.Select(slope => slope / slopes.Sum()), weighting.GetWeights(inputs), (a, b) => Math.Abs(a - b) < 1e-9);

                weighting.Observe(inputs, after);

                // The transposed Jacobian of the softmax, diag(z) − zzᵀ, times the falls of the logarithms.
                double[] falls = [.. tasks.Select((task, i) => Math.Log((before[i] - minima[task]) / (after[i] - minima[task])))];
                for (int i = 0; i < tasks.Length; i++)
                {
                    double gradient = Enumerable.Range(0, tasks.Length).Sum(j => ((i == j ? z[i] : 0) - (z[i] * z[j])) * falls[j]);
                    xi[tasks[i]].Step(gradient + (0.01 * xi[tasks[i]].Value), 0.1);
                }
            }
        });

    [Fact]
    public void A_task_whose_loss_falls_less_than_the_others_comes_to_weigh_more()
    {
        TaskWeighting weighting = TaskBalancing.FAMO().Start(_tasks);
        double[] first = weighting.GetWeights(Steps.OfLosses(1, 1, 1));
        for (int step = 0; step < 50; step++)
        {
            weighting.Observe(Steps.OfLosses(1, 1, 1), [0.9, 0.99, 0.9]);
        }

        double[] last = weighting.GetWeights(Steps.OfLosses(1, 1, 1));
        Assert.True(last[1] > first[1] * 1.5 && last[0] < first[0], string.Join(", ", last));
    }

    [Fact]
    public void The_scale_of_a_loss_does_not_matter() =>
        Gen.Select(Gen.Double[0.1, 10].Array[3], Gen.Double[1e-4, 1e4]).Sample((losses, factor) =>
        {
            double[] weights = TaskBalancing.FAMO().Start(_tasks).GetWeights(Steps.OfLosses(losses));
            double[] scaled = TaskBalancing.FAMO().Start(_tasks).GetWeights(Steps.OfLosses(losses[0] * factor, losses[1], losses[2]));

            Assert.Equal(weights[0] / weights[1], factor * scaled[0] / scaled[1], 1e-9 * weights[0] / weights[1]);
            Assert.Equal(weights[2] / weights[1], scaled[2] / scaled[1], 1e-9 * weights[2] / weights[1]);
        });

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.0, 1e38)]
    [InlineData(1e38, 0.0)]
    [InlineData(-1.0, 1.0)]
    [InlineData(1.0, double.PositiveInfinity)]
    [InlineData(1.0, double.NaN)]
    public void Losses_at_their_minimum_huge_or_broken_by_an_update_leave_weights_finite(double before, double after)
    {
        TaskWeighting weighting = TaskBalancing.FAMO().Start(_tasks);
        for (int step = 0; step < 5; step++)
        {
            Assert.All(weighting.GetWeights(Steps.OfLosses(before, 1, 2)), weight => Assert.InRange(weight, 0, 1));
            weighting.Observe(Steps.OfLosses(before, 1, 2), [after, 0.9, 1.9]);
        }

        Assert.Equal(1, weighting.GetWeights(Steps.OfLosses(1, 1, 1)).Sum(), 1e-12);
    }

    private static double[] SoftmaxOf(double[] values)
    {
        double sum = values.Sum(Math.Exp);
        return [.. values.Select(value => Math.Exp(value) / sum)];
    }
}
