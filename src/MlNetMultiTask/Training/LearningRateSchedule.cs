using System.Globalization;

namespace MlNetMultiTask;

/// <summary>The learning rate over the course of training.</summary>
/// <remarks>A number converts implicitly to a constant rate, so that <c>LearningRate = 1e-3</c> can be written.</remarks>
public sealed class LearningRateSchedule
{
    private readonly string _name;
    private readonly double _initialRate;
    private readonly Func<double, double> _factor;

    private LearningRateSchedule(string name, double initialRate, Func<double, double> factor)
    {
        _name = name;
        _initialRate = initialRate;
        _factor = factor;
    }

    /// <summary>The same rate throughout.</summary>
    /// <param name="rate">The rate; above 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is not above 0, or not finite.</exception>
    public static LearningRateSchedule Constant(double rate) => new(nameof(Constant), Check(rate), _ => 1);

    /// <summary>From the initial rate to 0 along half a cosine wave (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="initialRate">The rate of the first step; above 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="initialRate"/> is not above 0, or not finite.</exception>
    public static LearningRateSchedule Cosine(double initialRate) =>
        new(nameof(Cosine), Check(initialRate), progress => 0.5 * (1 + Math.Cos(Math.PI * progress)));

    /// <summary>Turns a number into a constant rate.</summary>
    /// <param name="rate">The rate; above 0.</param>
    public static implicit operator LearningRateSchedule(double rate) => Constant(rate);

    /// <summary>Returns the schedule and its rate.</summary>
    /// <returns>For example <c>Cosine(0.001)</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_name}({_initialRate})");

    /// <summary>The rate of a step, by the share of all steps that lie before it.</summary>
    internal double GetRate(double progress) => _initialRate * _factor(progress);

    private static double Check(double rate) =>
        double.IsFinite(rate) && rate > 0
            ? rate
            : throw new ArgumentOutOfRangeException(nameof(rate), rate, string.Create(CultureInfo.InvariantCulture, $"The learning rate is {rate}; it must be above 0, and finite."));
}
