using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Collaboration;

/// <summary>What members that are trained together must say alike: there is one training, and a value that only one of them has would be lost.</summary>
internal static class JointSettings
{
    private static readonly (string Option, Func<MultiTaskTrainerOptions, object?> Get)[] _settings =
    [
        (nameof(MultiTaskTrainerOptions.FeatureColumnName), options => options.FeatureColumnName),
        (nameof(MultiTaskTrainerOptions.ExampleWeightColumnName), options => options.ExampleWeightColumnName),
        (nameof(MultiTaskTrainerOptions.MaximumNumberOfEpochs), options => options.MaximumNumberOfEpochs),
        (nameof(MultiTaskTrainerOptions.BatchSize), options => options.BatchSize),
        (nameof(MultiTaskTrainerOptions.Activation), options => options.Activation),
        (nameof(MultiTaskTrainerOptions.LayerNormalization), options => options.LayerNormalization),
        (nameof(MultiTaskTrainerOptions.Dropout), options => options.Dropout),
        (nameof(MultiTaskTrainerOptions.LearningRate), options => options.LearningRate),
        (nameof(MultiTaskTrainerOptions.Optimizer), options => options.Optimizer),
        (nameof(MultiTaskTrainerOptions.MaximumGradientNorm), options => options.MaximumGradientNorm),
        (nameof(MultiTaskTrainerOptions.ValidationFraction), options => options.ValidationFraction),
        (nameof(MultiTaskTrainerOptions.ValidationColumnName), options => options.ValidationColumnName),
        (nameof(MultiTaskTrainerOptions.SamplingKeyColumnName), options => options.SamplingKeyColumnName),
        (nameof(MultiTaskTrainerOptions.EarlyStopping), options => options.EarlyStopping),
        (nameof(MultiTaskTrainerOptions.Balancing), options => options.Balancing),
        (nameof(MultiTaskTrainerOptions.NumberOfThreads), options => options.NumberOfThreads),
        (nameof(MultiTaskTrainerOptions.ProgressInterval), options => options.ProgressInterval),
        (nameof(MultiTaskTrainerOptions.OnCancellation), options => options.OnCancellation),
    ];

    /// <summary>In what the options of members differ, as the end of a sentence with the option, both values and the remedy; null where they say the same.</summary>
    public static string? FindDifference(MultiTaskTrainerOptions first, MultiTaskTrainerOptions other)
    {
        if (TaskDescription.FindDifference(first.Tasks, other.Tasks) is { } predicted)
        {
            return $"{predicted.TrimEnd('.')}; give both the same Tasks";
        }

        // Weights and smoothing of a task do not change what it predicts, but what is learned.
        if (first.Tasks.Zip(other.Tasks).FirstOrDefault(pair => Describe(pair.First) != Describe(pair.Second)) is { First: { } task, Second: { } same })
        {
            return $"different Tasks: {Describe(same)} and {Describe(task)}; give both the same";
        }

        foreach ((string option, Func<MultiTaskTrainerOptions, object?> get) in _settings)
        {
            (string ours, string theirs) = (Text(get(first)), Text(get(other)));
            if (ours != theirs)
            {
                return $"different values of {option}: {theirs} and {ours}. There is one training for all members; give both the same";
            }
        }

        return null;
    }

    private static string Describe(PredictionTask task)
    {
        TaskDescription description = task.Describe();
        return FormattableString.Invariant(
            $"{task} with lossWeight {description.LossWeight}, exampleWeightColumnName {Text(description.ExampleWeightColumnName)}, classWeights {Text(description.ClassWeights)}, labelSmoothing {description.LabelSmoothing}");
    }

    private static string Text(object? value) => value is null ? "none" : FormattableString.Invariant($"{value}");
}
