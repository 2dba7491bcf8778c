using MlNetMultiTask.Balancing;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>How gradients compare, over steps in which not all tasks take part.</summary>
public sealed class GradientSumsTests
{
    [Fact]
    public void Norms_cosines_and_conflicts_are_means_over_the_steps_in_which_tasks_took_part()
    {
        var sums = new GradientSums(3);
        Add(sums, [0, 1], [[3, 4], [-1, 0]]);
        Add(sums, [0, 1], [[1, 0], [2, 0]]);
        Add(sums, [0, 2], [[0, 2], [7, 0]]);

        Assert.Equal(3, sums.StepCount);
        Assert.Equal([8.0 / 3, 1.5, 7.0], sums.GetNorms(), Near);
        Assert.Equal([1.0, 0.2, 0, 0.2, 1, double.NaN, 0, double.NaN, 1], sums.GetCosines(), Near);
        Assert.Equal([0, 0.5, 0, 0.5, 0, double.NaN, 0, double.NaN, 0], sums.GetConflicts(), Near);
    }

    [Fact]
    public void Tasks_and_pairs_that_never_took_part_have_no_number()
    {
        var sums = new GradientSums(2);
        Add(sums, [1], [[2, 0]]);

        Assert.Equal([double.NaN, 2.0], sums.GetNorms());
        Assert.Equal([double.NaN, double.NaN, double.NaN, 1.0], sums.GetCosines());
        Assert.Equal([double.NaN, double.NaN, double.NaN, 0.0], sums.GetConflicts());
    }

    [Fact]
    public void A_gradient_of_0_has_a_norm_and_no_direction()
    {
        var sums = new GradientSums(2);
        Add(sums, [0, 1], [[1, 1], [0, 0]]);
        Add(sums, [0, 1], [[1, 0], [-4, 0]]);

        Assert.Equal([(1 + Math.Sqrt(2)) / 2, 2.0], sums.GetNorms(), Near);
        Assert.Equal([1.0, -1, -1, 1], sums.GetCosines(), Near);
        Assert.Equal([0.0, 1, 1, 0], sums.GetConflicts());
    }

    [Fact]
    public void Without_a_step_nothing_is_a_number()
    {
        var sums = new GradientSums(2);

        Assert.Equal(0, sums.StepCount);
        Assert.All(sums.GetNorms().Concat(sums.GetCosines()).Concat(sums.GetConflicts()), value => Assert.Equal(double.NaN, value));
    }

    private static void Add(GradientSums sums, int[] tasks, double[][] rows) => sums.Add(tasks, Steps.OfGradients(rows).Gramian!);

    private static bool Near(double a, double b) => a.Equals(b) || Math.Abs(a - b) < 1e-12;
}
