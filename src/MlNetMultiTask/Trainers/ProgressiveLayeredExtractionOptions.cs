using System.Globalization;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="ProgressiveLayeredExtractionTrainer"/>.</summary>
public sealed class ProgressiveLayeredExtractionOptions : MultiTaskTrainerOptions
{
    private static readonly IReadOnlyList<int> _defaultLayers = [64];

    /// <summary>The number of levels of experts, one on top of the other; from 1, which is customized gate control (CGC), to 100.</summary>
    /// <value>The default is 2.</value>
    public int NumberOfLevels { get; init; } = 2;

    /// <summary>How many experts all tasks share, in each level; 0 or more. With 0, tasks are learned apart from one another.</summary>
    /// <value>The default is 2.</value>
    public int NumberOfSharedExperts { get; init; } = 2;

    /// <summary>How many experts each task has to itself, in each level; 0 or more.</summary>
    /// <value>The default is 1.</value>
    public int NumberOfTaskExperts { get; init; } = 1;

    /// <summary>The widths of the layers of each expert, in each level.</summary>
    /// <value>The default is 64.</value>
    public IReadOnlyList<int> ExpertLayers { get; init; } = _defaultLayers;

    /// <summary>
    /// What the experts of the first level, which see the features, are made of: residual blocks, convolutions, or a module of your own. Those of the levels above have <see cref="ExpertLayers"/>. The
    /// gates of the first level read the features in any case.
    /// </summary>
    /// <value>The default is null: dense layers of the widths <see cref="ExpertLayers"/>.</value>
    public Trunk? Trunk { get; init; }

    /// <summary>The widths of the hidden layers of each task's head, between what its last gate mixes and its output. Empty: a linear head.</summary>
    /// <value>The default is 32.</value>
    public IReadOnlyList<int> HeadLayers { get; init; } = [32];

    internal override void Validate()
    {
        base.Validate();
        Require(NumberOfLevels is >= 1 and <= ExtractionNetwork.MaximumNumberOfLevels, nameof(NumberOfLevels), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfLevels}; it must be from 1 to {ExtractionNetwork.MaximumNumberOfLevels}"));
        RequireCount(NumberOfSharedExperts, nameof(NumberOfSharedExperts));
        RequireCount(NumberOfTaskExperts, nameof(NumberOfTaskExperts));
        Require(NumberOfSharedExperts > 0 || NumberOfTaskExperts > 0, nameof(NumberOfTaskExperts), "and NumberOfSharedExperts are both 0; there must be an expert");
        long all = NumberOfSharedExperts + ((long)NumberOfTaskExperts * Tasks.Count);
        Require(
            all <= ExtractionNetwork.MaximumNumberOfExperts,
            nameof(NumberOfTaskExperts),
            string.Create(CultureInfo.InvariantCulture, $"and NumberOfSharedExperts make {all} experts in a level for {Tasks.Count} tasks; there may be {ExtractionNetwork.MaximumNumberOfExperts}"));
        RequireLayers(ExpertLayers, nameof(ExpertLayers));
        Require(
            Trunk is null || NumberOfLevels > 1 || ReferenceEquals(ExpertLayers, _defaultLayers),
            nameof(Trunk),
            "and ExpertLayers both say what the experts of the only level are; give one of them");
        RequireLayers(HeadLayers, nameof(HeadLayers));
    }

    private static void RequireCount(int value, string option) =>
        Require(value >= 0, option, string.Create(CultureInfo.InvariantCulture, $"is {value}; it must be 0 or more"));
}
