using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>GradNorm: the weights descend on Σ |wᵢ nᵢ − mean · rᵢ^α|, the target held; r is the loss in relation to its first one, over the mean of these; Σw stays T.</summary>
public sealed class GradNormTests
{
    private static readonly string[] _tasks = ["A", "B", "C"];

    [Fact]
    public void Weights_are_those_of_a_plain_implementation_with_gaps() =>
        Gen.Select(Gen.Double[0.1, 10].Array[3].Array[20], Gen.Double[0.1, 10].Array[3].Array[20], Gen.Bool.Array[3].Array[20], Gen.Double[0, 2]).Sample((losses, norms, present, asymmetry) =>
        {
            const double Rate = 0.02;
            TaskWeighting weighting = TaskBalancing.GradNorm(asymmetry, Rate).Start(_tasks);
            LearnedNumber[] w = [new(1), new(1), new(1)];
            double?[] first = new double?[3];
            for (int step = 0; step < losses.Length; step++)
            {
                int[] tasks = [.. Enumerable.Range(0, 3).Where(task => present[step][task])];
                if (tasks.Length == 0)
                {
                    continue;
                }

                double[] weights = weighting.GetWeights(Steps.Of(tasks, [.. tasks.Select(task => losses[step][task])], [.. tasks.Select(task => norms[step][task])]));
                Assert.Equal(tasks.Select(task => w[task].Value), weights, (a, b) => Math.Abs(a - b) < 1e-10);

                double before = tasks.Sum(task => w[task].Value);
                double mean = tasks.Average(task => w[task].Value * norms[step][task]);
                double[] rates = [.. tasks.Select(task => losses[step][task] / (first[task] ??= losses[step][task]))];
                for (int i = 0; i < tasks.Length; i++)
                {
                    double norm = norms[step][tasks[i]];
                    double distance = (w[tasks[i]].Value * norm) - (mean * Math.Pow(rates[i] / rates.Average(), asymmetry));
                    w[tasks[i]].Step(distance > 0 ? norm : distance < 0 ? -norm : 0, Rate);
                }

                double after = tasks.Sum(task => w[task].Value);
                Array.ForEach(tasks, task => w[task].Value *= before / after);
            }
        });

    [Fact]
    public void Weights_add_up_to_the_number_of_tasks_and_stay_positive_in_every_case() =>
        Gen.Select(Gen.Double[-12, 12].Array[3].Array[60], Gen.Double[-12, 12].Array[3].Array[60], Gen.Int[1, 7].Array[60], Gen.Double[0.001, 0.9]).Sample((losses, norms, present, rate) =>
        {
            TaskWeighting weighting = TaskBalancing.GradNorm(1.5, rate).Start(_tasks);
            for (int step = 0; step < losses.Length; step++)
            {
                int[] tasks = [.. Enumerable.Range(0, 3).Where(task => (present[step] & (1 << task)) != 0)];
                double[] weights = weighting.GetWeights(Steps.Of(tasks, [.. tasks.Select(task => Math.Pow(10, losses[step][task]))], [.. tasks.Select(task => Math.Pow(10, norms[step][task]))]));

                Assert.All(weights, weight => Assert.InRange(weight, 1e-9, 3));
                Assert.Equal(3, weighting.ExportState()[..3].Sum(), 1e-9);
            }
        });

    [Fact]
    public void Weighted_norms_come_to_be_alike_where_tasks_learn_alike()
    {
        double[] norms = [10, 1, 0.5];
        TaskWeighting weighting = TaskBalancing.GradNorm(learningRate: 1e-3).Start(_tasks);
        double[] weights = [];
        for (int step = 0; step < 6000; step++)
        {
            weights = weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], norms));
        }

        // w ∝ 1 / norm. The steps are of one size near the end, as the derivative is a sign.
        double sum = norms.Sum(norm => 1 / norm);
        Assert.Equal(norms.Select(norm => 3 / norm / sum), weights, (a, b) => Math.Abs(a - b) < 0.03);
    }

    [Fact]
    public void A_task_that_is_behind_comes_to_weigh_more_the_more_so_the_larger_the_asymmetry()
    {
        double Run(double asymmetry)
        {
            TaskWeighting weighting = TaskBalancing.GradNorm(asymmetry, 2e-3).Start(_tasks);
            weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], [1, 1, 1]));
            for (int step = 0; step < 3000; step++)
            {
                weighting.GetWeights(Steps.Of([0, 1, 2], [0.9, 0.5, 0.5], [1, 1, 1]));
            }

            return weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], [1, 1, 1]))[0];
        }

        (double without, double some, double much) = (Run(0), Run(0.5), Run(1.5));
        Assert.Equal(1, without, 0.05);
        Assert.True(some > without + 0.1 && much > some + 0.1, $"{without} {some} {much}");
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(1e38, 1.0)]
    [InlineData(1.0, 0.0)]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, 1e38)]
    public void Losses_and_norms_that_vanish_or_explode_leave_weights_finite(double loss, double norm)
    {
        TaskWeighting weighting = TaskBalancing.GradNorm(2, 0.5).Start(_tasks);
        for (int step = 0; step < 50; step++)
        {
            weighting.GetWeights(Steps.Of([0, 1, 2], step % 2 == 0 ? [loss, 1, 2] : [1, loss, 2], [norm, 1, 1]));
        }

        double[] weights = weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], [1, 1, 1]));
        Assert.All(weights, weight => Assert.InRange(weight, 1e-9, 3));
        Assert.Equal(3, weights.Sum(), 1e-9);
    }
}
