using System.Globalization;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The learning rate over the course of training.</summary>
public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(1.0)]
    public void A_constant_rate_stays(double progress)
    {
        Assert.Equal(0.02, LearningRateSchedule.Constant(0.02).GetRate(progress));

        LearningRateSchedule converted = 0.02;
        Assert.Equal(0.02, converted.GetRate(progress));
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(1.0 / 3, 0.75)]
    [InlineData(0.5, 0.5)]
    [InlineData(2.0 / 3, 0.25)]
    [InlineData(1.0, 0.0)]
    public void A_cosine_falls_from_the_initial_rate_to_zero(double progress, double share) =>
        // The cosines of these angles are known exactly; only the rounding of doubles is left.
        Assert.Equal(0.02 * share, LearningRateSchedule.Cosine(0.02).GetRate(progress), 1e-16);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1e-3)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_that_is_not_above_zero_or_not_finite_is_refused(double rate)
    {
        string number = rate.ToString(CultureInfo.InvariantCulture);
        foreach (Func<double, LearningRateSchedule> create in new[] { LearningRateSchedule.Constant, LearningRateSchedule.Cosine, value => value })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => create(rate));
            Assert.Equal("rate", error.ParamName);
            Assert.Contains(number, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_text_names_the_schedule_and_its_rate_in_invariant_notation()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("Cosine(0.001)", LearningRateSchedule.Cosine(1e-3).ToString());
            Assert.Equal("Constant(0.5)", LearningRateSchedule.Constant(0.5).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
