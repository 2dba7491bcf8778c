using System.Globalization;

namespace MlNetMultiTask;

/// <summary>The probability from which on a binary or multilabel task predicts yes.</summary>
/// <remarks>A number converts implicitly, so that <c>decisionThreshold: 0.3f</c> can be written.</remarks>
public sealed class DecisionThreshold
{
    private DecisionThreshold(float value) => Value = value;

    /// <summary>The threshold: a probability between 0 and 1.</summary>
    /// <value>The default of tasks is 0.5.</value>
    public float Value { get; }

    internal static DecisionThreshold Default { get; } = new(0.5f);

    /// <summary>A threshold given in advance.</summary>
    /// <param name="probability">A probability between 0 and 1, both included.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside 0 to 1, or NaN.</exception>
    public static DecisionThreshold Fixed(float probability) =>
        probability is >= 0f and <= 1f
            ? new DecisionThreshold(probability)
            : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A decision threshold is a probability: it must be between 0 and 1.");

    /// <summary>Turns a probability into a fixed threshold.</summary>
    /// <param name="probability">A probability between 0 and 1, both included.</param>
    public static implicit operator DecisionThreshold(float probability) => Fixed(probability);

    /// <summary>Returns the threshold in invariant notation.</summary>
    /// <returns>The number.</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
