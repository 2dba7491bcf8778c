using System.Globalization;

namespace MlNetMultiTask;

/// <summary>
/// How the labels of one task map onto those of another, over the rows that have both. Numbers are compared as <see cref="LabelSummary.Basis"/> says; their correlations are of the numbers themselves.
/// </summary>
/// <remarks>
/// Function, injective, surjective and bijective are words about functions: where the relation is no function, all four are false. The three shares of exceptions are measured whatever the relation is.
/// </remarks>
public sealed class TaskRelation
{
    internal TaskRelation()
    {
    }

    /// <summary>The label from which the mapping goes, as <see cref="LabelSummary.Name"/>.</summary>
    public required string From { get; init; }

    /// <summary>The label to which it goes.</summary>
    public required string To { get; init; }

    /// <summary>The rows with both labels.</summary>
    public required long RowCount { get; init; }

    /// <summary>The rows with both labels, as a share of those with one of them at least; NaN where no row has either.</summary>
    public required double Overlap { get; init; }

    /// <summary>Whether each label of <see cref="From"/> goes with one label of <see cref="To"/>, but for the exceptions that the options allow.</summary>
    public required bool IsFunction { get; init; }

    /// <summary>Whether it is a function that takes different labels to different labels.</summary>
    public required bool IsInjective { get; init; }

    /// <summary>Whether it is a function that reaches every label of <see cref="To"/> that occurs in the data, in rows without <see cref="From"/> too. Classes that a key knows and that never occur don't count.</summary>
    public required bool IsSurjective { get; init; }

    /// <summary>Whether it is a function that is injective and surjective: another name for the same thing.</summary>
    public bool IsBijective => IsInjective && IsSurjective;

    /// <summary>The smallest share of the rows with both labels without which it would be a function (the g₃ error of Kivinen and Mannila 1995); NaN without such rows.</summary>
    public required double FunctionExceptions { get; init; }

    /// <summary>The smallest share of the rows with both labels without which each label of <see cref="To"/> would come from one label of <see cref="From"/>; NaN without such rows.</summary>
    public required double InjectionExceptions { get; init; }

    /// <summary>Of the rows with <see cref="To"/>, the share of those whose label no row has beside a label of <see cref="From"/>; NaN without rows that have both.</summary>
    public required double SurjectionExceptions { get; init; }

    /// <summary>The mutual information, in bits; NaN without rows that have both labels. The same in both directions.</summary>
    public required double MutualInformation { get; init; }

    /// <summary>
    /// The mutual information, divided by the mean of both entropies over the rows with both labels: from 0 to 1, the same in both directions. NaN without such rows, or where both labels are constant there.
    /// </summary>
    public required double NormalizedMutualInformation { get; init; }

    /// <summary>The mean of <see cref="NormalizedMutualInformation"/> over permuted labels: what chance makes of as many rows and values. NaN where nothing was permuted.</summary>
    public required double ChanceInformation { get; init; }

    /// <summary>What is left to know of <see cref="To"/> for one who knows <see cref="From"/>: the conditional entropy H(To|From), in bits. 0 means an exact function.</summary>
    public required double ConditionalEntropy { get; init; }

    /// <summary>The share of the entropy of <see cref="To"/> that <see cref="From"/> explains, 1 − H(To|From) / H(To) (Theil's uncertainty coefficient): 1 means an exact function. NaN where the label is constant.</summary>
    public required double ExplainedShare { get; init; }

    /// <summary>The correlation of Pearson, of two numbers; NaN for others, and for a constant.</summary>
    public required double Pearson { get; init; }

    /// <summary>The rank correlation of Spearman, of two numbers; NaN for others, and for a constant.</summary>
    public required double Spearman { get; init; }

    /// <summary>
    /// The correlation ratio η² of a number and a label that is none: the share of the number's variance that lies between the classes, whichever of the two is the number. NaN for others, and for a constant.
    /// </summary>
    public required double CorrelationRatio { get; init; }

    /// <summary>
    /// How probable it is that labels which have nothing to do with one another share as much information, by permutation of one of them; the same in both directions. NaN where a label is constant or no row has both.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary>The p-value, adjusted by Holm's method for the number of pairs that were tested.</summary>
    public required double AdjustedPValue { get; init; }

    /// <summary>Whether the labels share more information than chance explains: whether the adjusted p-value is not above <see cref="TaskAnalysisOptions.SignificanceLevel"/>.</summary>
    public required bool IsFound { get; init; }

    /// <summary>Returns the direction, what the mapping is, and the information, on one line.</summary>
    /// <returns>For example <c>Class → Group: function, surjective (60,000 rows, NMI 0.763, H(To|From) 0.000 bits)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{From} → {To}: {Describe()} ({RowCount:N0} rows, NMI {NormalizedMutualInformation:0.000}, H(To|From) {ConditionalEntropy:0.000} bits{(IsFound ? "" : ", not more than chance")})");

    /// <summary>The strongest word that holds.</summary>
    internal string Describe() =>
        !IsFunction ? "no function" : IsBijective ? "bijective" : IsInjective ? "function, injective" : IsSurjective ? "function, surjective" : "function";
}
