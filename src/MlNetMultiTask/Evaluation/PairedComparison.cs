using System.Globalization;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask;

/// <summary>One figure of a multi-task model against that of another model, over the same divisions of the same rows.</summary>
public sealed class PairedComparison
{
    private readonly double _testRatio;
    private readonly double _confidenceLevel;

    internal PairedComparison(string metric, IReadOnlyList<double> multiTask, IReadOnlyList<double> other, double testRatio, double confidenceLevel, bool isSame = false)
    {
        Metric = metric;
        _testRatio = testRatio;
        _confidenceLevel = confidenceLevel;
        IsLowerBetter = TaskFigures.IsLowerBetter(metric);
        MultiTaskValues = multiTask;
        OtherValues = other;
        (double MultiTask, double Other)[] pairs = [.. multiTask.Zip(other).Where(pair => double.IsFinite(pair.First) && double.IsFinite(pair.Second))];
        PairCount = pairs.Length;
        MultiTaskMean = pairs.Select(pair => pair.MultiTask).DefaultIfEmpty(double.NaN).Average();
        OtherMean = pairs.Select(pair => pair.Other).DefaultIfEmpty(double.NaN).Average();
        Statistic = ResampledT.Of([.. pairs.Select(pair => IsLowerBetter ? pair.Other - pair.MultiTask : pair.MultiTask - pair.Other)], testRatio, isSame);
        (LowerBound, UpperBound) = Statistic.GetInterval(confidenceLevel);
        AdjustedPValue = PValue;
    }

    /// <summary>The metric, as in <see cref="TaskMetrics.Values"/>.</summary>
    public string Metric { get; }

    /// <summary>Whether less of it is better: of losses and errors.</summary>
    public bool IsLowerBetter { get; }

    /// <summary>The multi-task model's figures, repeat by repeat and fold by fold; NaN where one could not be computed.</summary>
    public IReadOnlyList<double> MultiTaskValues { get; }

    /// <summary>The other model's, in the same order.</summary>
    public IReadOnlyList<double> OtherValues { get; }

    /// <summary>How many pairs of figures there are; the following is of these.</summary>
    public int PairCount { get; }

    /// <summary>The mean of the multi-task model's figures.</summary>
    public double MultiTaskMean { get; }

    /// <summary>The mean of the other model's figures.</summary>
    public double OtherMean { get; }

    /// <summary>By how much the multi-task model is better, in the metric's unit; below 0 where it is worse. NaN without pairs.</summary>
    public double Improvement => Statistic.Mean;

    /// <summary>The standard error of the improvement by the corrected resampled t (Nadeau and Bengio 2003), which counts that training rows overlap; NaN of fewer than two pairs, and where all differences are the same: coarse figures of few rows may be. 0 where both models are the same, bit by bit.</summary>
    public double StandardError => Statistic.StandardError;

    /// <summary>The lower end of the improvement's interval, at the comparison's level.</summary>
    public double LowerBound { get; }

    /// <summary>The upper end.</summary>
    public double UpperBound { get; }

    /// <summary>The chance of an improvement or loss as large, were there none, by the same statistic.</summary>
    public double PValue => Statistic.PValue;

    /// <summary>The same, adjusted for the number of tasks that are compared (Holm 1979).</summary>
    public double AdjustedPValue { get; internal set; }

    internal ResampledT Statistic { get; }

    /// <summary>The first model of this against the first one of another comparison, on the same divisions of the same rows.</summary>
    internal PairedComparison Against(PairedComparison other) => new(Metric, MultiTaskValues, other.MultiTaskValues, _testRatio, _confidenceLevel, ReferenceEquals(this, other));

    /// <summary>Returns the figures on one line.</summary>
    /// <returns>For example <c>RSquared 0.8912 against 0.8850: +0.0062 (-0.0011 to +0.0135)</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Metric} {MultiTaskMean:0.0000} against {OtherMean:0.0000}: {Improvement:+0.0000;-0.0000;0.0000} ({LowerBound:+0.0000;-0.0000;0.0000} to {UpperBound:+0.0000;-0.0000;0.0000})");
}
