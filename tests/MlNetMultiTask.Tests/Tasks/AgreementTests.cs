using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>How far two networks agree, against cases computed by hand.</summary>
public sealed class AgreementTests
{
    [Fact]
    public void Classes_agree_where_the_highest_is_the_same()
    {
        var metric = new DecisionAgreement(choosesOne: true);
        metric.Add([1, 2, 3, 9, 0, 0], [0, 0, 1, 0, 0, 5], 2);
        metric.Add([5, 1, 1], [6, 2, 2], 1);

        Assert.Equal(2.0 / 3, metric.Take(), 1e-12);
        Assert.Equal(double.NaN, metric.Take());
    }

    [Fact]
    public void Yes_and_no_agree_where_both_are_above_0_or_neither()
    {
        var metric = new DecisionAgreement(choosesOne: false);
        metric.Add([1, -1, -0.1f, 2], [3, 1, -2, 0.5f], 2);

        Assert.Equal(0.75, metric.Take());
    }

    [Fact]
    public void Numbers_agree_by_Lin()
    {
        // a: 1, 2, 3; b: 2, 4, 3. Means 2 and 3, variances 2/3 each, covariance 1/3: 2/3 / (4/3 + 1).
        var metric = new ConcordanceAgreement(1);
        metric.Add([1, 2], [2, 4], 2);
        metric.Add([3], [3], 1);

        Assert.Equal(2.0 / 7, metric.Take(), 1e-12);
    }

    [Fact]
    public void Numbers_that_are_equal_agree_wholly_constants_too_and_shifted_ones_do_not()
    {
        var metric = new ConcordanceAgreement(2);
        metric.Add([1, 5, 2, 5, 3, 5], [1, 5, 2, 5, 3, 5], 3);
        Assert.Equal(1, metric.Take(), 1e-12);

        metric.Add([1, 5, 2, 5], [2, 6, 3, 6], 2);
        Assert.Equal(((0.5 / (0.5 + 1)) + 0) / 2, metric.Take(), 1e-12);
    }
}
