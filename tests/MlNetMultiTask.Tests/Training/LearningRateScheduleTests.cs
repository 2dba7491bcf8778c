using System.Globalization;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The learning rate over the course of training.</summary>
public sealed class LearningRateScheduleTests
{
    private const int StepsPerEpoch = 12;
    private const int Epochs = 10;

    [Fact]
    public void A_constant_rate_stays()
    {
        LearningRateSchedule converted = 0.02;

        Assert.All(GetRates(LearningRateSchedule.Constant(0.02)), rate => Assert.Equal(0.02, rate));
        Assert.All(GetRates(converted), rate => Assert.Equal(0.02, rate));
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(40, 0.75)]
    [InlineData(60, 0.5)]
    [InlineData(80, 0.25)]
    public void A_cosine_falls_from_the_initial_rate_towards_zero(int step, double share) =>
        // The cosines of these angles are known exactly; only the rounding of doubles is left.
        Assert.Equal(0.02 * share, GetRates(LearningRateSchedule.Cosine(0.02))[step], 1e-16);

    [Fact]
    public void Steps_and_exponentials_change_with_epochs()
    {
        double[] steps = GetRates(LearningRateSchedule.Step(0.8, 3, 0.5));
        double[] exponential = GetRates(LearningRateSchedule.Exponential(0.8, 0.5));

        Assert.All(steps, (rate, step) => Assert.Equal(0.8 * Math.Pow(0.5, step / StepsPerEpoch / 3), rate, 1e-15));
        Assert.All(exponential, (rate, step) => Assert.Equal(0.8 * Math.Pow(0.5, step / StepsPerEpoch), rate, 1e-15));
    }

    [Fact]
    public void A_plateau_schedule_by_itself_is_constant()
    {
        LearningRateSchedule schedule = LearningRateSchedule.ReduceOnPlateau(0.1, patience: 3, factor: 0.2, minimumRate: 0.01);

        Assert.All(GetRates(schedule), rate => Assert.Equal(0.1, rate));
        Assert.Equal((3, 0.2), (schedule.Plateau!.Patience, schedule.Plateau.Factor));
        Assert.Equal(0.1, schedule.Plateau.MinimumFactor, 1e-15);
    }

    /// <summary>The warm-up rises evenly, each of its steps with a rate above 0; then the schedule begins, and ends where training does.</summary>
    [Theory]
    [InlineData(2.0, 24)]
    [InlineData(0.25, 3)]
    [InlineData(0.3, 4)]
    public void A_warm_up_rises_in_front_of_any_schedule(double epochs, int steps)
    {
        double[] cosine = GetRates(LearningRateSchedule.Cosine(0.1).WithWarmUp(epochs));
        double[] step = GetRates(LearningRateSchedule.Step(0.1, 1, 0.5).WithWarmUp(epochs));

        Assert.All(cosine.Take(steps), (rate, i) => Assert.Equal(0.1 * Math.Min(1, (i + 1) / (epochs * StepsPerEpoch)), rate, 1e-15));
        Assert.Equal(0.1, cosine[steps], 1e-15);
        Assert.Equal(cosine[steps..].OrderDescending(), cosine[steps..]);
        Assert.InRange(cosine[^1], 0, 1e-4);
        Assert.Equal(0.1, step[steps + StepsPerEpoch - 1], 1e-15);
        Assert.Equal(0.05, step[steps + StepsPerEpoch], 1e-15);
    }

    /// <summary>A warm-up that is longer than training is cut off with it, and no rate is negative or NaN.</summary>
    [Fact]
    public void A_warm_up_may_be_longer_than_training() =>
        Assert.All(GetRates(LearningRateSchedule.Cosine(0.1).WithWarmUp(100)), (rate, step) => Assert.Equal(0.1 * (step + 1) / 1200, rate, 1e-15));

    [Fact]
    public void Arguments_outside_their_range_are_refused()
    {
        Action[] attempts =
        [
            () => LearningRateSchedule.Step(0.1, 0),
            () => LearningRateSchedule.Step(0.1, 1, 0),
            () => LearningRateSchedule.Step(0.1, 1, 1.5),
            () => LearningRateSchedule.Exponential(0.1, double.NaN),
            () => LearningRateSchedule.ReduceOnPlateau(0.1, patience: 0),
            () => LearningRateSchedule.ReduceOnPlateau(0.1, factor: 1),
            () => LearningRateSchedule.ReduceOnPlateau(0.1, minimumRate: -1),
            () => LearningRateSchedule.Constant(0.1).WithWarmUp(0),
            () => LearningRateSchedule.Constant(0.1).WithWarmUp(double.PositiveInfinity),
        ];
        Assert.All(attempts, attempt => Assert.Throws<ArgumentOutOfRangeException>(attempt));
        Assert.Throws<InvalidOperationException>(() => LearningRateSchedule.Constant(0.1).WithWarmUp(1).WithWarmUp(2));
    }

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
            Assert.Equal("Step(0.1, every 3 epochs, factor 0.5) after a warm-up of 1.5 epochs", LearningRateSchedule.Step(0.1, 3, 0.5).WithWarmUp(1.5).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static double[] GetRates(LearningRateSchedule schedule) =>
        [.. Enumerable.Range(0, StepsPerEpoch * Epochs).Select(step => schedule.GetRate(step, StepsPerEpoch, Epochs))];
}
