using System.Globalization;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask;

/// <summary>The probability from which on a binary or multilabel task predicts yes: given, or tuned on validation data.</summary>
/// <remarks>A number converts implicitly, so that <c>decisionThreshold: 0.3f</c> can be written.</remarks>
public sealed class DecisionThreshold
{
    private DecisionThreshold(float? value, ThresholdMetric? metric)
    {
        Value = value;
        Metric = metric;
    }

    /// <summary>The threshold given in advance, a probability between 0 and 1; null for one that is tuned.</summary>
    /// <value>The default of tasks is 0.5.</value>
    public float? Value { get; }

    internal static DecisionThreshold Default { get; } = new(0.5f, null);

    /// <summary>What tuning maximises; null for a fixed threshold.</summary>
    internal ThresholdMetric? Metric { get; }

    /// <summary>A threshold given in advance.</summary>
    /// <param name="probability">A probability between 0 and 1, both included.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside 0 to 1, or NaN.</exception>
    public static DecisionThreshold Fixed(float probability) =>
        probability is >= 0f and <= 1f
            ? new DecisionThreshold(probability, null)
            : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A decision threshold is a probability: it must be between 0 and 1.");

    /// <summary>
    /// The threshold that gives the best F1 of yes on the validation data, found after training; for a multilabel task, one
    /// for each label. Training then needs validation data.
    /// </summary>
    /// <returns>The threshold.</returns>
    public static DecisionThreshold MaximizeF1() => new(null, ThresholdMetric.F1);

    /// <summary>
    /// The threshold that gives the best balanced accuracy (the mean of the shares of yes and of no that are recognised) on
    /// the validation data, found after training; for a multilabel task, one for each label. Training then needs
    /// validation data.
    /// </summary>
    /// <returns>The threshold.</returns>
    public static DecisionThreshold MaximizeBalancedAccuracy() => new(null, ThresholdMetric.BalancedAccuracy);

    /// <summary>Turns a probability into a fixed threshold.</summary>
    /// <param name="probability">A probability between 0 and 1, both included.</param>
    public static implicit operator DecisionThreshold(float probability) => Fixed(probability);

    /// <summary>Returns the threshold in invariant notation, or what it is tuned for.</summary>
    /// <returns>For example <c>0.5</c>, or <c>MaximizeF1</c>.</returns>
    public override string ToString() => Value is { } value ? value.ToString(CultureInfo.InvariantCulture) : $"Maximize{Metric}";

    /// <summary>The threshold that a model file describes.</summary>
    internal static DecisionThreshold? From(float? value, string? metric) =>
        value is { } given ? Fixed(given)
        : metric is null ? null
        : metric == nameof(ThresholdMetric.F1) ? MaximizeF1()
        : metric == nameof(ThresholdMetric.BalancedAccuracy) ? MaximizeBalancedAccuracy()
        : throw new ArgumentException($"'{metric}' is nothing that a decision threshold can be tuned for.", nameof(metric));
}
