using MlNetMultiTask.Models;

namespace MlNetMultiTask;

/// <summary>How the predictions of an ensemble's members become one.</summary>
public sealed class EnsembleCombiner
{
    private readonly Action<MemberScores, Span<float>> _combine;

    private EnsembleCombiner(string name, Action<MemberScores, Span<float>> combine)
    {
        Name = name;
        _combine = combine;
    }

    /// <summary>
    /// The mean of the members' probabilities, or of their numbers. Of a binary task, Probability is the mean probability, and Score its log-odds. Labels are
    /// decided by the task's threshold; where members tuned theirs, by the mean of these.
    /// </summary>
    public static EnsembleCombiner Mean { get; } = new(nameof(Mean), ScoreCombination.Mean);

    /// <summary>
    /// The median of the members' probabilities, or of their numbers, output by output (of an even number of members, the mean of the two in the middle). The
    /// medians of classes are divided by their sum. Thresholds are those of <see cref="Mean"/>.
    /// </summary>
    public static EnsembleCombiner Median { get; } = new(nameof(Median), ScoreCombination.Median);

    /// <summary>
    /// The majority of the members, each of which votes as it predicts: for its most probable class, or for yes by its own threshold. Score then holds the share of the
    /// votes, with the members' mean probability as one more vote, (votes + mean probability) / (members + 1): it decides where votes are equal, and
    /// never against a majority. Of yes/no outputs, the mean probability is brought to a threshold of one half first, and the decision falls at one half. For
    /// classes and labels only: a regression task is refused.
    /// </summary>
    public static EnsembleCombiner Vote { get; } = new(nameof(Vote), ScoreCombination.Vote);

    /// <summary>The name: <c>Mean</c>, <c>Median</c> or <c>Vote</c>.</summary>
    public string Name { get; }

    /// <summary>All combiners.</summary>
    internal static IReadOnlyList<EnsembleCombiner> All { get; } = [Mean, Median, Vote];

    /// <summary>Returns the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    /// <summary>Whether it makes sense for a task.</summary>
    internal bool Suits(PredictionTask task) => this != Vote || task.HasIndexTargets || task.DecisionThreshold is not null;

    /// <summary>The thresholds by which combined scores of yes/no outputs are decided; null for the task's own.</summary>
    /// <param name="members">The thresholds that the members tuned; null where they have the task's own.</param>
    /// <param name="task">The task.</param>
    /// <param name="outputCount">The number of outputs.</param>
    internal float[]? GetThresholds(IReadOnlyList<float[]?> members, PredictionTask task, int outputCount) =>
        this == Vote && task.DecisionThreshold is not null ? [.. Enumerable.Repeat(0.5f, outputCount)]
        : members.All(thresholds => thresholds is not null) ? [.. Enumerable.Range(0, outputCount).Select(i => members.Average(thresholds => thresholds![i]))]
        : null;

    /// <summary>Combines the scores of a task's members into one buffer of the same size.</summary>
    internal void Combine(MemberScores scores, Span<float> combined) => _combine(scores, combined);
}
