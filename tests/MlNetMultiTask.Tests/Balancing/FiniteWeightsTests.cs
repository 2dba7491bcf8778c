using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Whatever gradients are like, weights are finite, in single precision too.</summary>
public sealed class FiniteWeightsTests
{
    private static readonly TaskBalancing[] _methods =
    [
        TaskBalancing.MGDA(), TaskBalancing.PCGrad(), TaskBalancing.GradVac(), TaskBalancing.GradVac(1), TaskBalancing.CAGrad(0.4), TaskBalancing.CAGrad(1), TaskBalancing.CAGrad(10),
        TaskBalancing.ImtlG(), TaskBalancing.NashMTL(), TaskBalancing.NashMTL(null), TaskBalancing.FairGrad(0.1), TaskBalancing.FairGrad(0.5), TaskBalancing.FairGrad(2), TaskBalancing.FairGrad(100),
        TaskBalancing.AlignedMTL(), TaskBalancing.UPGrad(), TaskBalancing.DualProj(),
    ];

    [Fact]
    public void Weights_of_all_methods_are_finite_for_gradients_of_all_kinds() =>
        Gen.Select(GradientGen.All, Gen.ULong).Sample(
            (gradients, seed) =>
            {
                foreach (TaskBalancing method in _methods)
                {
                    RequireFinite(method, gradients.Weigh(method, new CounterRandom(seed, 0).NextDouble));
                }
            },
            iter: 700);

    [Fact]
    public void Gradients_as_large_and_as_small_as_single_precision_allows_give_finite_numbers() =>
        Gen.Select(GradientGen.All, Gen.Double[-30, 29]).Sample(
            (gradients, power) =>
            {
                Gradients scaled = gradients.Scale([.. gradients.Rows.Select(_ => Math.Pow(10, power))]);
                foreach (TaskBalancing method in _methods)
                {
                    // The weights may be as large as the gradients are small; what they combine is to be finite.
                    double[] weights = scaled.Weigh(method);
                    Assert.All(weights, weight => Assert.True(double.IsFinite(weight), $"{method}: {string.Join(", ", weights)}"));
                }
            },
            iter: 400);

    [Fact]
    public void Methods_with_memory_stay_finite_over_steps_of_all_kinds() =>
        Gen.Select(GradientGen.All.Array[6], Gen.Double[0.01, 1]).Sample(
            (steps, decay) =>
            {
                int count = steps.Max(gradients => gradients.Count);
                TaskBalancing method = TaskBalancing.GradVac(decay);
                TaskWeighting weighting = method.Start([.. Enumerable.Range(0, count).Select(i => $"T{i}")]);
                foreach (Gradients gradients in steps)
                {
                    RequireFinite(method, weighting.GetWeights(Steps.OfGradients(gradients.Rows)));
                }
            },
            iter: 300);

    private static void RequireFinite(TaskBalancing method, double[] weights) => Assert.All(weights, weight => Assert.True(float.IsFinite((float)weight), $"{method}: {string.Join(", ", weights)}"));
}
