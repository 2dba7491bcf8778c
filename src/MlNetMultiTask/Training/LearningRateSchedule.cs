using System.Globalization;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>The learning rate over the course of training.</summary>
/// <remarks>
/// A number converts implicitly to a constant rate, so that <c>LearningRate = 1e-3</c> can be written. Rates change from step to step
/// (cosine, warm-up) or from epoch to epoch (the others).
/// </remarks>
public sealed class LearningRateSchedule
{
    private readonly string _text;
    private readonly double _initialRate;
    private readonly Func<double, double, double> _factor;
    private readonly double _warmUpEpochs;

    /// <param name="text">The schedule as <see cref="ToString"/> shows it.</param>
    /// <param name="initialRate">The rate of the first step.</param>
    /// <param name="factor">The rate's factor, by the epochs that have passed (with fractions) and their whole number.</param>
    /// <param name="plateau">How the rate falls when nothing improves; null where it does not.</param>
    /// <param name="warmUpEpochs">The epochs in front in which the rate rises.</param>
    private LearningRateSchedule(string text, double initialRate, Func<double, double, double> factor, PlateauRule? plateau = null, double warmUpEpochs = 0)
    {
        _text = text;
        _initialRate = initialRate;
        _factor = factor;
        _warmUpEpochs = warmUpEpochs;
        Plateau = plateau;
    }

    /// <summary>How the rate falls when nothing improves; null where it does not depend on that.</summary>
    internal PlateauRule? Plateau { get; }

    /// <summary>The same rate throughout.</summary>
    /// <param name="rate">The rate; above 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is not above 0, or not finite.</exception>
    public static LearningRateSchedule Constant(double rate) => new(Text($"Constant({rate})"), Rate(rate), (_, _) => 1);

    /// <summary>From the initial rate to 0 along half a cosine wave (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="initialRate">The rate of the first step; above 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="initialRate"/> is not above 0, or not finite.</exception>
    public static LearningRateSchedule Cosine(double initialRate) =>
        new(Text($"Cosine({initialRate})"), Rate(initialRate), (epochs, total) => 0.5 * (1 + Math.Cos(Math.PI * epochs / total)));

    /// <summary>The rate is multiplied by a factor each time a number of epochs has passed.</summary>
    /// <param name="initialRate">The rate of the first epochs; above 0.</param>
    /// <param name="numberOfEpochs">The epochs between two changes; 1 or more.</param>
    /// <param name="factor">The factor; above 0, at most 1.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static LearningRateSchedule Step(double initialRate, int numberOfEpochs, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfEpochs, 1);
        Factor(factor);
        return new(Text($"Step({initialRate}, every {numberOfEpochs} epochs, factor {factor})"), Rate(initialRate), (epochs, _) => Math.Pow(factor, Math.Floor(epochs / numberOfEpochs)));
    }

    /// <summary>The rate is multiplied by a factor after each epoch.</summary>
    /// <param name="initialRate">The rate of the first epoch; above 0.</param>
    /// <param name="factorPerEpoch">The factor; above 0, at most 1.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static LearningRateSchedule Exponential(double initialRate, double factorPerEpoch = 0.95)
    {
        Factor(factorPerEpoch);
        return new(Text($"Exponential({initialRate}, factor {factorPerEpoch})"), Rate(initialRate), (epochs, _) => Math.Pow(factorPerEpoch, Math.Floor(epochs)));
    }

    /// <summary>
    /// The rate is multiplied by a factor when the monitored figure has not improved for some epochs. The figure is that of
    /// <see cref="EarlyStopping.Monitor"/>, without early stopping the mean over tasks of the relative loss; on the validation data if there
    /// are any, else on the training data.
    /// </summary>
    /// <param name="initialRate">The rate of the first epochs; above 0.</param>
    /// <param name="patience">The epochs without improvement after which the rate falls; 1 or more.</param>
    /// <param name="factor">The factor; above 0, below 1.</param>
    /// <param name="minimumRate">Where the rate stops falling; 0 or more.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(double initialRate, int patience = 5, double factor = 0.5, double minimumRate = 1e-6)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumRate);
        Factor(factor);
        ArgumentOutOfRangeException.ThrowIfEqual(factor, 1.0);
        return new(
            Text($"ReduceOnPlateau({initialRate}, patience {patience}, factor {factor}, down to {minimumRate})"),
            Rate(initialRate),
            (_, _) => 1,
            new PlateauRule(patience, factor, minimumRate / initialRate));
    }

    /// <summary>Turns a number into a constant rate.</summary>
    /// <param name="rate">The rate; above 0.</param>
    public static implicit operator LearningRateSchedule(double rate) => Constant(rate);

    /// <summary>The same schedule behind a linear rise: in the first epochs the rate grows, step by step, from almost 0 to the initial rate; then the schedule begins (Goyal et al. 2017).</summary>
    /// <param name="numberOfEpochs">How long the rise lasts, in epochs; above 0, and fractions are allowed.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numberOfEpochs"/> is not above 0, or not finite.</exception>
    /// <exception cref="InvalidOperationException">The schedule has a warm-up already.</exception>
    public LearningRateSchedule WithWarmUp(double numberOfEpochs) =>
        _warmUpEpochs > 0 ? throw new InvalidOperationException($"The schedule {_text} has a warm-up already.")
        : double.IsFinite(numberOfEpochs) && numberOfEpochs > 0
            ? new($"{_text} after a warm-up of {Text($"{numberOfEpochs}")} epochs", _initialRate, _factor, Plateau, numberOfEpochs)
            : throw new ArgumentOutOfRangeException(nameof(numberOfEpochs), numberOfEpochs, Text($"The warm-up lasts {numberOfEpochs} epochs; it must be above 0, and finite."));

    /// <summary>Returns the schedule and its settings.</summary>
    /// <returns>For example <c>Cosine(0.001)</c>.</returns>
    public override string ToString() => _text;

    /// <summary>The rate of a step, before what <see cref="Plateau"/> does.</summary>
    /// <param name="step">The steps that lie before it.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch.</param>
    /// <param name="numberOfEpochs">The epochs that training has at most.</param>
    internal double GetRate(long step, int stepsPerEpoch, int numberOfEpochs)
    {
        double warmUpSteps = _warmUpEpochs * stepsPerEpoch;
        if (step < warmUpSteps)
        {
            // The first step has a rate too.
            return _initialRate * Math.Min(1, (step + 1) / warmUpSteps);
        }

        double epochs = (step - Math.Ceiling(warmUpSteps)) / stepsPerEpoch;
        return _initialRate * _factor(epochs, Math.Max(numberOfEpochs - _warmUpEpochs, epochs + (1.0 / stepsPerEpoch)));
    }

    private static double Rate(double rate) =>
        double.IsFinite(rate) && rate > 0
            ? rate
            : throw new ArgumentOutOfRangeException(nameof(rate), rate, Text($"The learning rate is {rate}; it must be above 0, and finite."));

    private static void Factor(double factor)
    {
        if (factor is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, Text($"The factor of the learning rate is {factor}; it must be above 0, and at most 1."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
