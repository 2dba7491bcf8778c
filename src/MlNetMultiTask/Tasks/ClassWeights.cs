using System.Globalization;

namespace MlNetMultiTask;

/// <summary>How much the classes of a task weigh in its loss, so that a rare class is not drowned by the others.</summary>
/// <remarks>
/// Only the weights' proportions matter: they are brought to mean 1 over the labelled training rows, so that the task as a whole keeps its weight
/// against the other tasks. Metrics are not weighted. Probabilities then are those of rows weighted so, and no longer frequencies: a rare class is
/// given more than its share.
/// </remarks>
public sealed class ClassWeights
{
    private readonly Dictionary<string, float>? _byName;
    private readonly float? _positive;

    private ClassWeights(Dictionary<string, float>? byName, float? positive)
    {
        _byName = byName;
        _positive = positive;
    }

    /// <summary>Whether weights are balanced: neither by name nor for yes.</summary>
    internal bool IsBalanced => _byName is null && _positive is null;

    /// <summary>The weights by name; null where they are not given so.</summary>
    internal IReadOnlyDictionary<string, float>? ByName => _byName;

    /// <summary>The weight of yes; null where it is not given so.</summary>
    internal float? PositiveWeight => _positive;

    /// <summary>Each class weighs the same as a whole: a row's weight is in inverse proportion to the rows of its class (King and Zeng 2001). For a set of labels: yes and no of each label.</summary>
    /// <returns>The weights.</returns>
    public static ClassWeights Balanced() => new(null, null);

    /// <summary>The weight of yes, where no weighs 1: of a binary task, or of every label of a set.</summary>
    /// <param name="weight">The weight; above 0.</param>
    /// <returns>The weights.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is not above 0, or not finite.</exception>
    public static ClassWeights Positive(float weight) =>
        float.IsFinite(weight) && weight > 0
            ? new ClassWeights(null, weight)
            : throw new ArgumentOutOfRangeException(nameof(weight), weight, string.Create(CultureInfo.InvariantCulture, $"The weight of yes is {weight}; it must be above 0, and finite."));

    /// <summary>The weights of classes by name; for a set of labels, what yes weighs for each label where no weighs 1.</summary>
    /// <param name="weights">A weight of 0 or more for each class, by its name in invariant notation; classes that are not named have 1.</param>
    /// <returns>The weights.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or a class is named twice.</exception>
    public static ClassWeights Of(params IReadOnlyList<(string Class, float Weight)> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var byName = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach ((string name, float weight) in weights)
        {
            ArgumentNullException.ThrowIfNull(name, nameof(weights));
            if (!float.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The class '{name}' has the weight {weight}; it must be 0 or more, and finite."), nameof(weights));
            }

            if (!byName.TryAdd(name, weight))
            {
                throw new ArgumentException($"The class '{name}' is given a weight twice.", nameof(weights));
            }
        }

        return new ClassWeights(byName, null);
    }

    /// <summary>Returns the weights.</summary>
    /// <returns>For example <c>Balanced</c>, or <c>Positive(5)</c>.</returns>
    public override string ToString() =>
        _byName is not null ? $"Of({string.Join(", ", _byName.Select(weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key} {weight.Value}")))})"
        : _positive is { } positive ? string.Create(CultureInfo.InvariantCulture, $"Positive({positive})")
        : "Balanced";

    /// <summary>The weights of the values of one slot: classes by index, or no and yes; of mean 1 over the rows that are labelled there.</summary>
    /// <param name="counts">How many rows have each value.</param>
    /// <param name="given">The weights before they are brought to mean 1.</param>
    /// <exception cref="ArgumentException">All rows would weigh nothing.</exception>
    internal static float[] Normalize(long[] counts, double[] given)
    {
        double sum = given.Zip(counts, (weight, count) => weight * count).Sum();
        double mean = sum / counts.Sum();
        return mean > 0 || counts.Sum() == 0
            ? [.. given.Select(weight => (float)(mean > 0 ? weight / mean : 1))]
            : throw new ArgumentException("The class weights are 0 for every class that occurs, so that nothing would be learned.");
    }

    /// <summary>Weights in inverse proportion to counts; a value without rows has 1, since no row is weighted by it.</summary>
    internal static double[] Invert(long[] counts) => [.. counts.Select(count => count > 0 ? 1.0 / count : 1.0)];
}
