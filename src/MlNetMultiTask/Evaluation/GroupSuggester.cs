using Microsoft.ML;

namespace MlNetMultiTask.Evaluation;

/// <summary>Measures how tasks get on with one another, chooses groups, and measures on request what they are worth.</summary>
internal static class GroupSuggester
{
    /// <summary>Heads that begin with the wrong signs pull tasks apart that belong together: of one seed alone, this may decide.</summary>
    private const int UsualNumberOfSeeds = 3;

    /// <param name="mlContext">The context.</param>
    /// <param name="data">The data.</param>
    /// <param name="preprocessing">What makes features and labels; null for none.</param>
    /// <param name="trainer">The trainer of all tasks.</param>
    /// <param name="numberOfNetworks">How many groups.</param>
    /// <param name="options">The options.</param>
    /// <param name="toTrainer">What makes a trainer of groups.</param>
    public static TaskGrouping Run(
        MLContext mlContext,
        IDataView data,
        IEstimator<ITransformer>? preprocessing,
        MultiTaskTrainer trainer,
        int numberOfNetworks,
        TaskGroupingOptions options,
        Func<IReadOnlyList<IReadOnlyList<string>>, MultiTaskTrainer> toTrainer)
    {
        options.Validate();
        if (trainer.HasGroups)
        {
            throw new ArgumentException("The trainer, or a part of it, keeps tasks apart in groups, so that what they do for one another can't be measured; give the trainer of one network for all tasks.", nameof(trainer));
        }

        if (options.Comparison is { } wanted)
        {
            SingleTaskComparer.Require(trainer, wanted);
        }

        TaskGrouper.RequireNumber(numberOfNetworks, trainer.Tasks.Count);
        TaskAffinityOptions affinity = options.Affinity ?? new TaskAffinityOptions { NumberOfSeeds = UsualNumberOfSeeds, ComparesTwins = options.Measure == TaskAffinityMeasure.Similarity };

        // The token of the one is for the other, too.
        CancellationToken ofComparison = options.Comparison?.CancellationToken ?? default;
        TaskGrouping grouping = AffinityMeter.Run(data, preprocessing, trainer, affinity, ofComparison).SuggestGroups(numberOfNetworks, options.Measure);
        if (options.Comparison is not { } comparison)
        {
            return grouping;
        }

        if (grouping.NumberOfNetworks == 1)
        {
            // One group is all in one, bit by bit.
            SingleTaskComparison both = SingleTaskComparer.Run(mlContext, data, preprocessing, trainer, comparison, affinity.CancellationToken);
            grouping.SetMeasured(both, both);
            return grouping;
        }

        (SingleTaskComparison allInOne, SingleTaskComparison groups) =
            SingleTaskComparer.Run(mlContext, data, preprocessing, trainer, toTrainer(grouping.Groups), comparison, affinity.CancellationToken);
        grouping.SetMeasured(groups, allInOne);
        return grouping;
    }
}
