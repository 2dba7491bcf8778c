using CsCheck;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>The corrected resampled t statistic.</summary>
public sealed class ResampledTTests
{
    [Fact]
    public void It_is_what_the_formula_says()
    {
        double[] differences = [0.02, 0.01, 0.04, 0.03, 0.00, 0.02, 0.05, 0.01, 0.03, -0.01];
        var statistic = ResampledT.Of(differences, testRatio: 1 / 9.0);

        // Mean 0.02, variance 0.003 / 9; t = mean / sqrt((1/10 + 1/9) variance), 9 degrees of freedom: 2.262157 bounds 95 %.
        double error = Math.Sqrt(((1 / 10.0) + (1 / 9.0)) * 0.003 / 9);
        Assert.Equal(0.02, statistic.Mean, 1e-12);
        Assert.Equal(error, statistic.StandardError, 1e-12);
        (double lower, double upper) = statistic.GetInterval(0.95);
        Assert.Equal(0.02 - (2.262157163 * error), lower, 1e-8);
        Assert.Equal(0.02 + (2.262157163 * error), upper, 1e-8);
    }

    [Theory]
    [InlineData(1, 12.706204736, 0.05)]
    [InlineData(4, 2.776445105, 0.05)]
    [InlineData(9, 3.249835542, 0.01)]
    [InlineData(24, 2.063898562, 0.05)]
    public void Its_p_values_are_those_of_tables(int degreesOfFreedom, double t, double expected) =>
        Assert.Equal(expected, new ResampledT(t, 1, degreesOfFreedom).PValue, 1e-8);

    [Fact]
    public void Two_tests_of_equivalence_are_the_worse_of_both()
    {
        // 1.833112933 bounds 5 % on one side of 9 degrees of freedom.
        var statistic = new ResampledT(Mean: 0.002, StandardError: 0.01, DegreesOfFreedom: 9);

        Assert.Equal(0.05, statistic.GetEquivalencePValue(0.002 + 0.01833112933), 1e-8);
        Assert.Equal(statistic.GetEquivalencePValue(0.03), (statistic with { Mean = -0.002 }).GetEquivalencePValue(0.03), 1e-12);
    }

    [Fact]
    public void Of_the_same_model_there_is_no_difference()
    {
        var none = ResampledT.Of([0, 0, 0], 0.25, isSame: true);

        Assert.Equal((1, 0, (0, 0)), (none.PValue, none.GetEquivalencePValue(0.01), none.GetInterval(0.95)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(1 / 6.0, 1 / 6.0)]
    [InlineData(0.3, 0.3 + 1e-15)]
    public void Differences_that_are_the_same_by_their_coarseness_prove_nothing(double one, double other)
    {
        var statistic = ResampledT.Of([one, other], 1);

        Assert.True(double.IsNaN(statistic.PValue));
        Assert.True(double.IsNaN(statistic.GetEquivalencePValue(1)));
        Assert.Equal((double.NaN, double.NaN), statistic.GetInterval(0.95));
    }

    [Fact]
    public void Fewer_than_two_differences_tell_nothing()
    {
        Assert.All([ResampledT.Of([], 0.25), ResampledT.Of([0.1], 0.25)], statistic =>
        {
            Assert.True(double.IsNaN(statistic.PValue));
            Assert.True(double.IsNaN(statistic.GetEquivalencePValue(1)));
            Assert.Equal((double.NaN, double.NaN), statistic.GetInterval(0.95));
        });
    }

    /// <summary>
    /// 500 comparisons of each kind, of differences that are correlated as those of overlapping training rows are taken to be: n_test / (n_test + n_training). The counts are those of the seed; chance alone gives a standard
    /// error of one point at 95 %, and 1.8 at 80 %.
    /// </summary>
    [Theory]
    [InlineData(5, 1, 0.95)]
    [InlineData(5, 2, 0.95)]
    [InlineData(10, 10, 0.95)]
    [InlineData(5, 5, 0.99)]
    [InlineData(2, 5, 0.95)]
    public void Intervals_cover_the_truth_as_often_as_they_say(int folds, int repeats, double level)
    {
        const double Truth = 0.03;
        const int Count = 500;
        var random = new CounterRandom(8, stream: 0);
        double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double correlation = 1.0 / folds;
        int covered = 0;
        for (int i = 0; i < Count; i++)
        {
            double common = NextNormal();
            double[] differences = [.. Enumerable.Range(0, folds * repeats).Select(_ => Truth + (0.02 * ((Math.Sqrt(correlation) * common) + (Math.Sqrt(1 - correlation) * NextNormal()))))];
            (double lower, double upper) = ResampledT.Of(differences, testRatio: 1.0 / (folds - 1)).GetInterval(level);
            covered += lower <= Truth && Truth <= upper ? 1 : 0;
        }

        Assert.InRange(covered / (double)Count, level - 0.03, level + 0.03);
    }

    [Fact]
    public void The_p_value_and_the_interval_say_the_same()
    {
        Gen.Double[-1, 1].Array[2, 20].Select(Gen.Double[0.05, 1], Gen.Double[0.6, 0.99]).Sample(item =>
        {
            (double[] differences, double ratio, double level) = item;
            var statistic = ResampledT.Of(differences, ratio);
            (double lower, double upper) = statistic.GetInterval(level);
            bool excludesZero = lower > 0 || upper < 0;
            return Math.Abs(statistic.PValue - (1 - level)) < 1e-6 || excludesZero == statistic.PValue < 1 - level;
        });
    }
}
