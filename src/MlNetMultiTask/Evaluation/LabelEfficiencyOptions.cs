using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>For which task, and for how few of its labels, it is measured what learning together is worth.</summary>
/// <remarks>
/// The other tasks keep their labels. Labels are taken away behind the preprocessing; those kept are drawn so that each class (of numbers, each tenth of the rows in their order) keeps its share and at least one label, and so that
/// those of a smaller share are among those of a larger one. Validation rows that the trainer puts aside are taken out of these: with very few labels, a class may be left without any, and training says so.
/// </remarks>
public sealed class LabelEfficiencyOptions
{
    /// <summary>The task whose labels become fewer.</summary>
    /// <value>There is no default.</value>
    public required string TaskName { get; init; }

    /// <summary>The shares of its labels; each from above 0 to 1. With 1 nothing is trained again.</summary>
    /// <value>The default is 0.05, 0.1, 0.25 and 1.</value>
    public IReadOnlyList<double> Shares { get; init; } = [0.05, 0.1, 0.25, 1];

    /// <summary>Checks every option.</summary>
    internal void Validate(IReadOnlyList<PredictionTask> tasks)
    {
        Require(
            tasks.Any(task => task.Name == TaskName),
            nameof(SingleTaskComparisonOptions.LabelEfficiency),
            $"is for the task '{TaskName}', which is none of the trainer's: '{string.Join("', '", tasks.Select(task => task.Name))}'");
        Require(Shares is { Count: > 0 } && Shares.All(share => share is > 0 and <= 1), nameof(SingleTaskComparisonOptions.LabelEfficiency), "has the Shares null, none, or one that is not from above 0 to 1");
        Require(Shares!.Distinct().Count() == Shares.Count, nameof(SingleTaskComparisonOptions.LabelEfficiency), "has one of the Shares twice");
    }
}
