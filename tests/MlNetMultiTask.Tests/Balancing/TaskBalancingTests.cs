using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The balancing methods whose weights do not change: the sum, and fixed weights.</summary>
public sealed class TaskBalancingTests
{
    private static readonly string[] _tasks = ["A", "B", "C"];

    [Fact]
    public void The_sum_gives_every_task_the_weight_1() =>
        Gen.Int[1, 20].Sample(count =>
            Assert.Equal(Enumerable.Repeat(1.0, count), Weights(TaskBalancing.Sum(), [.. Enumerable.Range(0, count).Select(i => $"T{i}")])));

    [Fact]
    public void Fixed_weights_go_to_their_tasks_by_name_and_others_have_1()
    {
        Assert.Equal([1.0, 0.25, 3.0], Weights(TaskBalancing.Fixed(("C", 3f), ("B", 0.25f)), _tasks));
        Assert.Equal([1.0, 1.0, 1.0], Weights(TaskBalancing.Fixed(), _tasks));
    }

    [Fact]
    public void A_fixed_weight_of_0_switches_a_task_off() =>
        Assert.Equal([0.0, 1.0, 1.0], Weights(TaskBalancing.Fixed(("A", 0f)), _tasks));

    [Fact]
    public void Names_of_tasks_are_compared_exactly()
    {
        var error = Assert.Throws<ArgumentException>(() => TaskBalancing.Fixed(("a", 2f)).Start(_tasks));

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'A', 'B', 'C'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_negative_or_not_finite_weight_is_refused_with_its_task_and_value(float weight, string shown)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TaskBalancing.Fixed(("A", 1f), ("B", weight)));

        Assert.Contains("'B'", error.Message, StringComparison.Ordinal);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.Equal("weights", error.ParamName);
    }

    [Fact]
    public void Two_weights_for_one_task_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => TaskBalancing.Fixed(("A", 1f), ("A", 1f)));

        Assert.Contains("'A'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    public void A_weight_without_a_task_is_refused(string? task) =>
        Assert.ThrowsAny<ArgumentException>(() => TaskBalancing.Fixed((task!, 1f)));

    [Fact]
    public void No_list_of_weights_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => TaskBalancing.Fixed(null!));

    [Fact]
    public void Weights_that_switch_off_every_task_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => TaskBalancing.Fixed(("A", 0f), ("B", 0f), ("C", 0f)).Start(_tasks));

        Assert.Contains("weight 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_are_known_by_their_names_and_need_nothing_of_a_step()
    {
        Assert.Equal("Sum", TaskBalancing.Sum().ToString());
        Assert.Equal("Fixed(A 1)", TaskBalancing.Fixed(("A", 1f)).ToString());
        Assert.Equal(BalancingNeeds.None, TaskBalancing.Sum().Needs);
        Assert.Equal(BalancingNeeds.None, TaskBalancing.Fixed(("A", 1f)).Needs);
    }

    [Fact]
    public void Constant_weights_have_no_state_and_refuse_one()
    {
        TaskWeighting weighting = TaskBalancing.Fixed(("A", 2f)).Start(_tasks);
        weighting.Observe(Steps.OfLosses(1, 2, 3), [1.0, 2.0, 3.0]);

        Assert.Empty(weighting.ExportState());
        weighting.ImportState([]);
        Assert.Contains("2 numbers", Assert.Throws<FormatException>(() => weighting.ImportState([1.0, 2.0])).Message, StringComparison.Ordinal);
        Assert.Equal([2.0, 1.0, 1.0], weighting.GetWeights(Steps.OfLosses(1, 1, 1)));
    }

    private static double[] Weights(TaskBalancing method, string[] tasks) => method.Start(tasks).GetWeights(Steps.OfLosses([.. tasks.Select(_ => 1.0)]));
}
