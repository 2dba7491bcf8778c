using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Dynamic weight average: wᵢ = T softmax(rᵢ / temperature), rᵢ = Lᵢ(e − 1) / Lᵢ(e − 2) of the mean losses of epochs; 1 in the first two.</summary>
public sealed class DynamicWeightAverageTests
{
    private static readonly string[] _tasks = ["A", "B", "C"];

    [Fact]
    public void Weights_follow_the_means_of_the_two_epochs_before_and_add_up_to_the_number_of_tasks() =>
        Gen.Select(Gen.Double[0.1, 10].Array[3].Array[4].Array[5], Gen.Double[0.3, 5]).Sample((losses, temperature) =>
        {
            TaskWeighting weighting = TaskBalancing.DynamicWeightAverage(temperature).Start(_tasks);
            for (int epoch = 0; epoch < losses.Length; epoch++)
            {
                double[] expected = epoch < 2 ? [1, 1, 1] : Weigh([.. Enumerable.Range(0, 3).Select(task => Mean(losses[epoch - 1], task) / Mean(losses[epoch - 2], task))], temperature);
                foreach (double[] step in losses[epoch])
                {
                    double[] weights = weighting.GetWeights(Steps.Of([0, 1, 2], step, epoch: epoch + 1));
                    Assert.Equal(expected, weights, (a, b) => Math.Abs(a - b) < 1e-12);
                    Assert.Equal(3, weights.Sum(), 1e-12);
                }
            }
        });

    [Fact]
    public void An_epoch_without_a_label_for_a_task_is_left_out_of_its_row_of_epochs()
    {
        TaskWeighting weighting = TaskBalancing.DynamicWeightAverage(1).Start(_tasks);
        weighting.GetWeights(Steps.Of([0, 1, 2], [8, 1, 1], epoch: 1));
        weighting.GetWeights(Steps.Of([1, 2], [1, 1], epoch: 2));
        double[] third = weighting.GetWeights(Steps.Of([0, 1, 2], [4, 1, 1], epoch: 3));
        double[] fourth = weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], epoch: 4));

        Assert.Equal([1.0, 1.0, 1.0], third, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Weigh([0.5, 1, 1], 1), fourth, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_step_without_a_label_for_a_task_does_not_count_in_its_mean()
    {
        TaskWeighting weighting = TaskBalancing.DynamicWeightAverage(1).Start(_tasks);
        weighting.GetWeights(Steps.Of([0, 1, 2], [4, 1, 1], epoch: 1));
        weighting.GetWeights(Steps.Of([1, 2], [1, 1], epoch: 1));
        weighting.GetWeights(Steps.Of([0, 1, 2], [2, 1, 1], epoch: 2));
        double[] weights = weighting.GetWeights(Steps.Of([0, 2], [1, 1], epoch: 3));

        double[] all = Weigh([0.5, 1, 1], 1);
        Assert.Equal([all[0], all[2]], weights, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(0.0, 0.0, 2.0)]
    [InlineData(0.0, 1e38, 2.0)]
    [InlineData(1e38, 0.0, 2.0)]
    [InlineData(1e38, 1.0, 1e-300)]
    [InlineData(1.0, 1.0, double.Epsilon)]
    public void Losses_that_vanish_or_explode_leave_weights_finite(double first, double second, double temperature)
    {
        TaskWeighting weighting = TaskBalancing.DynamicWeightAverage(temperature).Start(_tasks);
        weighting.GetWeights(Steps.Of([0, 1, 2], [first, 1, 1], epoch: 1));
        weighting.GetWeights(Steps.Of([0, 1, 2], [second, 1, 1], epoch: 2));
        double[] weights = weighting.GetWeights(Steps.Of([0, 1, 2], [1, 1, 1], epoch: 3));

        Assert.All(weights, weight => Assert.InRange(weight, 0, 3));
        Assert.Equal(3, weights.Sum(), 1e-12);
    }

    private static double Mean(double[][] steps, int task) => steps.Average(step => step[task]);

    private static double[] Weigh(double[] rates, double temperature)
    {
        double sum = rates.Sum(rate => Math.Exp(rate / temperature));
        return [.. rates.Select(rate => rates.Length * Math.Exp(rate / temperature) / sum)];
    }
}
