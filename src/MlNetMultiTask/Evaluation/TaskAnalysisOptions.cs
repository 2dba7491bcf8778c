using System.Globalization;
using Microsoft.ML;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="MultiTaskCatalog.AnalyzeTasks"/>.</summary>
public sealed class TaskAnalysisOptions
{
    /// <summary>
    /// The share of rows that may be exceptions where a relation is still called a function, injective or surjective; from 0 to below 1. The shares themselves are always told
    /// (<see cref="TaskRelation.FunctionExceptions"/> and its neighbours).
    /// </summary>
    /// <value>The default is 0: exactly.</value>
    public double MaximumShareOfExceptions { get; init; }

    /// <summary>
    /// Into how many bins numbers are put at most; 2 or more. Bins hold about as many rows each; rows of one value stay together, and there are fewer bins where they would hold fewer than
    /// <see cref="MinimumRowsPerValue"/> rows.
    /// </summary>
    /// <value>The default is 10.</value>
    public int NumberOfBins { get; init; } = 10;

    /// <summary>
    /// How many rows must share a value so that it counts as one that repeats; 1 or more. A number is compared as its values where there are no more of them than bins, or where at most one
    /// row in a hundred has a value that does not repeat; and a set of labels is then compared as one value.
    /// </summary>
    /// <value>The default is 5.</value>
    public int MinimumRowsPerValue { get; init; } = 5;

    /// <summary>Of a vector of numbers, and of a set of labels that is not compared as one value, how many slots are compared at most: those with the most information. 1 or more.</summary>
    /// <value>The default is 10.</value>
    public int MaximumNumberOfSlots { get; init; } = 10;

    /// <summary>
    /// How often the labels of a pair are permuted to see what chance does; 1 or more. A pair whose permuted labels agree as well as its true ones in twenty permutations is given up earlier
    /// (Besag and Clifford 1991).
    /// </summary>
    /// <value>The default is null: as many as <see cref="SignificanceLevel"/> needs for all pairs, four times over, and 999 at least.</value>
    public int? NumberOfPermutations { get; init; }

    /// <summary>
    /// How probable it may be that anything at all is found where labels have nothing to do with one another; above 0, below 1. A relation is found where its p-value, adjusted over all pairs by
    /// Holm's method, is not above.
    /// </summary>
    /// <value>The default is 0.01.</value>
    public double SignificanceLevel { get; init; } = 0.01;

    /// <summary>With fewer rows than these, a label or a pair of labels gets a warning; 0 or more.</summary>
    /// <value>The default is 30.</value>
    public int MinimumNumberOfRows { get; init; } = 30;

    /// <summary>How many missing patterns are told, the most frequent ones; 1 or more.</summary>
    /// <value>The default is 10.</value>
    public int MaximumNumberOfPatterns { get; init; } = 10;

    /// <summary>The seed of the permutations.</summary>
    /// <value>The default is null: drawn from the <see cref="MLContext"/>, so that it depends on the context's seed and on what was made with it before.</value>
    public int? Seed { get; init; }

    /// <summary>Cancels the analysis.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        static string Is(IFormattable value, string range) => string.Create(CultureInfo.InvariantCulture, $"is {value}; it must be {range}");
        Require(MaximumShareOfExceptions is >= 0 and < 1, nameof(MaximumShareOfExceptions), Is(MaximumShareOfExceptions, "from 0 to below 1"));
        Require(NumberOfBins >= 2, nameof(NumberOfBins), Is(NumberOfBins, "2 or more"));
        Require(MinimumRowsPerValue >= 1, nameof(MinimumRowsPerValue), Is(MinimumRowsPerValue, "1 or more"));
        Require(MaximumNumberOfSlots >= 1, nameof(MaximumNumberOfSlots), Is(MaximumNumberOfSlots, "1 or more"));
        Require(SignificanceLevel is > 0 and < 1, nameof(SignificanceLevel), Is(SignificanceLevel, "above 0 and below 1"));
        Require(NumberOfPermutations is null or >= 1, nameof(NumberOfPermutations), Is(NumberOfPermutations ?? 0, "1 or more, or null"));
        Require(
            NumberOfPermutations is null || 1 / (NumberOfPermutations + 1.0) <= SignificanceLevel,
            nameof(NumberOfPermutations),
            string.Create(CultureInfo.InvariantCulture, $"is {NumberOfPermutations}, with which nothing can be found at the SignificanceLevel {SignificanceLevel}; give {Math.Ceiling(1 / SignificanceLevel) - 1} or more, times the number of pairs"));
        Require(MinimumNumberOfRows >= 0, nameof(MinimumNumberOfRows), Is(MinimumNumberOfRows, "0 or more"));
        Require(MaximumNumberOfPatterns >= 1, nameof(MaximumNumberOfPatterns), Is(MaximumNumberOfPatterns, "1 or more"));
    }
}
