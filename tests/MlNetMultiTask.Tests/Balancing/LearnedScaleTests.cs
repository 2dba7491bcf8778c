using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Uncertainty and IMTL-L learn a number per task beside the network.</summary>
public sealed class LearnedScaleTests
{
    [Fact]
    public void Losses_that_stand_still_bring_the_numbers_to_their_optimum()
    {
        double[] losses = [1, 2, 4, 1e-4, 300];
        TaskWeighting uncertainty = TaskBalancing.Uncertainty(0.01).Start(["A", "B", "C", "D", "E"]);
        TaskWeighting scales = TaskBalancing.ImtlL(0.01).Start(["A", "B", "C", "D", "E"]);
        for (int step = 0; step < 12000; step++)
        {
            uncertainty.GetWeights(Steps.OfLosses(losses));
            scales.GetWeights(Steps.OfLosses(losses));
        }

        // s = log L, or −log L, so that all weighted losses are ½, or 1.
        Assert.Equal(losses.Select(loss => Math.Log(loss)), uncertainty.ExportState()[..5], (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(losses.Select(loss => 0.5 / loss), uncertainty.GetWeights(Steps.OfLosses(losses)), (a, b) => Math.Abs(a - b) < 1e-3 * a);
        Assert.Equal(losses.Select(loss => 1 / loss), scales.GetWeights(Steps.OfLosses(losses)), (a, b) => Math.Abs(a - b) < 1e-3 * a);
    }

    [Fact]
    public void The_numbers_follow_Adam_on_the_derivative_of_the_definition_with_gaps_as_if_steps_had_not_been() =>
        Gen.Select(Gen.Double[0.01, 50].Array[3].Array[20], Gen.Bool.Array[3].Array[20], Gen.Bool).Sample((losses, present, ofNetwork) =>
        {
            const double Rate = 0.03;
            TaskWeighting uncertainty = TaskBalancing.Uncertainty(ofNetwork ? null : Rate).Start(["A", "B", "C"]);
            TaskWeighting scales = TaskBalancing.ImtlL(ofNetwork ? null : Rate).Start(["A", "B", "C"]);
            LearnedNumber[] s = [new(0), new(0), new(0)];
            LearnedNumber[] t = [new(0), new(0), new(0)];
            for (int step = 0; step < losses.Length; step++)
            {
                int[] tasks = [.. Enumerable.Range(0, 3).Where(task => present[step][task])];
                if (tasks.Length == 0)
                {
                    continue;
                }

                BalancingStep inputs = Steps.Of(tasks, [.. tasks.Select(task => losses[step][task])], learningRate: ofNetwork ? Rate : 7);
                Assert.Equal(tasks.Select(task => 0.5 * Math.Exp(-s[task].Value)), uncertainty.GetWeights(inputs), (a, b) => Math.Abs(a - b) < 1e-10 * a);
                Assert.Equal(tasks.Select(task => Math.Exp(t[task].Value)), scales.GetWeights(inputs), (a, b) => Math.Abs(a - b) < 1e-10 * a);
                foreach (int task in tasks)
                {
                    s[task].Step((-0.5 * Math.Exp(-s[task].Value) * losses[step][task]) + 0.5, Rate);
                    t[task].Step((Math.Exp(t[task].Value) * losses[step][task]) - 1, Rate);
                }
            }
        });

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-30)]
    [InlineData(1e38)]
    public void A_loss_that_is_gone_or_huge_for_long_leaves_weights_finite(double loss)
    {
        TaskWeighting uncertainty = TaskBalancing.Uncertainty(0.1).Start(["A", "B"]);
        TaskWeighting scales = TaskBalancing.ImtlL(0.1).Start(["A", "B"]);
        for (int step = 0; step < 20000; step++)
        {
            uncertainty.GetWeights(Steps.OfLosses(loss, 1));
            scales.GetWeights(Steps.OfLosses(loss, 1));
        }

        Assert.All(uncertainty.GetWeights(Steps.OfLosses(loss, 1)), weight => Assert.InRange(weight, 0, 1e13));
        Assert.All(scales.GetWeights(Steps.OfLosses(loss, 1)), weight => Assert.InRange(weight, 0, 1e13));
    }
}
