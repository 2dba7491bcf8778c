using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Δm in both conventions.</summary>
public sealed class RelativeChangeTests
{
    private static readonly (string, double, double, bool)[] _figures = [("A", 93, 96, false), ("A", 99, 98, true), ("B", 0.5, 0.2, false)];

    [Fact]
    public void Over_tasks_it_is_the_known_example() => Assert.Equal(0.739636, RelativeChange.OverTasks(_figures), 1e-6);

    [Fact]
    public void Over_metrics_each_counts_alike_and_less_is_better() =>
        Assert.Equal(-((-3 / 96.0) - (1 / 98.0) + 1.5) / 3, RelativeChange.OverMetrics(_figures), 1e-12);

    [Fact]
    public void A_figure_below_zero_that_grows_is_better() => Assert.Equal(0.5, RelativeChange.OverTasks([("A", -0.1, -0.2, false)]), 1e-12);

    [Fact]
    public void A_figure_of_zero_is_left_out()
    {
        Assert.Equal(1, RelativeChange.OverTasks([("A", 0.5, 0, false), ("B", 0.4, 0.2, false)]), 1e-12);
        Assert.True(double.IsNaN(RelativeChange.OverTasks([("A", 0.5, 0, false)])));
    }
}
