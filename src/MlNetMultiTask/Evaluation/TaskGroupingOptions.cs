using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="MultiTaskCatalog.SuggestGroups"/>.</summary>
public sealed class TaskGroupingOptions
{
    /// <summary>By what groups are chosen.</summary>
    /// <value>The default is <see cref="TaskAffinityMeasure.LookAhead"/>.</value>
    public TaskAffinityMeasure Measure { get; init; }

    /// <summary>How affinities are measured; seeds, sampling, progress and cancellation.</summary>
    /// <value>
    /// The default is null: as usual, but with three seeds, and single-task networks only if <see cref="Measure"/> asks for them. Heads that begin with the wrong signs pull tasks apart that belong together; of a single seed, this may
    /// decide.
    /// </value>
    public TaskAffinityOptions? Affinity { get; init; }

    /// <summary>How it is measured what the groups are worth: they, and one network for all tasks, are each compared with a network for each task on the same folds, as by <see cref="MultiTaskCatalog.CompareWithSingleTask"/>.</summary>
    /// <value>The default is null: it is predicted alone.</value>
    public SingleTaskComparisonOptions? Comparison { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        Require(Enum.IsDefined(Measure), nameof(Measure), FormattableString.Invariant($"is {Measure}, which is none of its values"));
        Require(Measure != TaskAffinityMeasure.Similarity || Affinity?.ComparesTwins != false, nameof(Affinity), "has ComparesTwins false, and Measure asks for the similarity of these networks");
    }
}
