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
        if (options.Comparison is { } wanted)
        {
            SingleTaskComparer.Require(trainer, wanted);
        }

        TaskGrouper.RequireNumber(numberOfNetworks, trainer.Tasks.Count);
        TaskAffinityOptions affinity = options.Affinity ?? new TaskAffinityOptions { NumberOfSeeds = UsualNumberOfSeeds, ComparesTwins = options.Measure == TaskAffinityMeasure.Similarity };
        TaskGrouping grouping = AffinityMeter.Run(data, preprocessing, trainer, affinity).SuggestGroups(numberOfNetworks, options.Measure);
        if (options.Comparison is { } comparison)
        {
            // One group is all in one, bit by bit.
            (string, MultiTaskTrainer) allInOne = ("all in one", trainer);
            IReadOnlyList<SingleTaskComparison> measured = SingleTaskComparer.Run(
                mlContext, data, preprocessing, grouping.NumberOfNetworks == 1 ? [allInOne] : [("in groups", toTrainer(grouping.Groups)), allInOne], comparison);
            grouping.SetMeasured(measured[0], measured[^1]);
        }

        return grouping;
    }
}
