using MathNet.Numerics.Distributions;

namespace MlNetMultiTask.Evaluation;

/// <summary>
/// The corrected resampled t statistic (Nadeau and Bengio 2003, "Inference for the Generalization Error"): the differences of two learners over divisions of the same rows are correlated, since their training
/// rows overlap, so that the variance of their mean is (1/J + n_test/n_train) s² and not s²/J.
/// </summary>
/// <param name="Mean">The mean difference.</param>
/// <param name="StandardError">Its standard error; NaN of fewer than two differences, and of several that are all the same: coarse figures of few rows are, and nothing is sure for that. 0 where they are of the same model.</param>
/// <param name="DegreesOfFreedom">The number of differences less one.</param>
internal sealed record ResampledT(double Mean, double StandardError, int DegreesOfFreedom)
{
    /// <summary>Deviations that are smaller, in parts of the mean, are of the arithmetic.</summary>
    private const double Rounding = 1e-9;

    /// <summary>The statistic of differences.</summary>
    /// <param name="differences">One for each division of the rows.</param>
    /// <param name="testRatio">The test rows for each training row.</param>
    /// <param name="isSame">Whether both are known to be the same model, so that differences of 0 are no chance.</param>
    public static ResampledT Of(IReadOnlyList<double> differences, double testRatio, bool isSame = false)
    {
        int count = differences.Count;
        double mean = count == 0 ? double.NaN : differences.Average();
        double variance = count < 2 ? double.NaN : differences.Sum(difference => (difference - mean) * (difference - mean)) / (count - 1);
        double error = Math.Sqrt(((1.0 / count) + testRatio) * variance);
        bool isRounding = error <= Rounding * Math.Abs(mean);
        return new ResampledT(mean, isRounding && !(mean == 0 && isSame) ? double.NaN : error, count - 1);
    }

    /// <summary>The chance of a mean as far from 0, were there no difference; NaN where there is no telling.</summary>
    public double PValue => Math.Min(1, 2 * GetTail(Math.Abs(Mean)));

    /// <summary>The larger chance of two: of a mean as small, were the difference the margin, and of one as large, were it minus the margin (Schuirmann 1987: two one-sided tests).</summary>
    public double GetEquivalencePValue(double margin) => GetTail(margin - Math.Abs(Mean));

    /// <summary>What the mean lies from and to the true difference, at most, in so many of a hundred cases.</summary>
    public (double Lower, double Upper) GetInterval(double confidenceLevel)
    {
        if (double.IsNaN(StandardError))
        {
            return (double.NaN, double.NaN);
        }

        double reach = StandardError == 0 ? 0 : StandardError * StudentT.InvCDF(0, 1, DegreesOfFreedom, (1 + confidenceLevel) / 2);
        return (Mean - reach, Mean + reach);
    }

    /// <summary>The chance that a difference of 0 looks as large.</summary>
    private double GetTail(double size) =>
        double.IsNaN(StandardError) ? double.NaN
            : StandardError > 0 ? StudentT.CDF(0, 1, DegreesOfFreedom, -size / StandardError)
            : size > 0 ? 0
            : size < 0 ? 1
            : 0.5;
}
