using System.Globalization;
using MlNetMultiTask.Tasks;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask.Collaboration;

/// <summary>What trainers must have in common that work together.</summary>
internal static class CommonOptions
{
    private const string Members = nameof(EnsembleOptions.Members);
    private const string NumberOfMembers = nameof(EnsembleOptions.NumberOfMembers);

    /// <summary>What concerns the batches, and the training as a whole.</summary>
    private static readonly (string Option, Func<MultiTaskTrainerOptions, object?> Get)[] _ofBatches =
    [
        (nameof(MultiTaskTrainerOptions.FeatureColumnName), options => options.FeatureColumnName),
        (nameof(MultiTaskTrainerOptions.ExampleWeightColumnName), options => options.ExampleWeightColumnName),
        (nameof(MultiTaskTrainerOptions.MaximumNumberOfEpochs), options => options.MaximumNumberOfEpochs),
        (nameof(MultiTaskTrainerOptions.BatchSize), options => options.BatchSize),
        (nameof(MultiTaskTrainerOptions.ValidationFraction), options => options.ValidationFraction),
        (nameof(MultiTaskTrainerOptions.ValidationColumnName), options => options.ValidationColumnName),
        (nameof(MultiTaskTrainerOptions.SamplingKeyColumnName), options => options.SamplingKeyColumnName),
        (nameof(MultiTaskTrainerOptions.EarlyStopping), options => options.EarlyStopping),
        (nameof(MultiTaskTrainerOptions.LearningRate) + " when it is reduced", options => options.LearningRate.Plateau),
        (nameof(MultiTaskTrainerOptions.NumberOfThreads), options => options.NumberOfThreads),
        (nameof(MultiTaskTrainerOptions.ProgressInterval), options => options.ProgressInterval),
        (nameof(MultiTaskTrainerOptions.OnCancellation), options => options.OnCancellation),
    ];

    /// <summary>What concerns the steps of each network.</summary>
    private static readonly (string Option, Func<MultiTaskTrainerOptions, object?> Get)[] _ofSteps =
    [
        (nameof(MultiTaskTrainerOptions.Activation), options => options.Activation),
        (nameof(MultiTaskTrainerOptions.LayerNormalization), options => options.LayerNormalization),
        (nameof(MultiTaskTrainerOptions.Dropout), options => options.Dropout),
        (nameof(MultiTaskTrainerOptions.LearningRate), options => options.LearningRate),
        (nameof(MultiTaskTrainerOptions.Optimizer), options => options.Optimizer),
        (nameof(MultiTaskTrainerOptions.MaximumGradientNorm), options => options.MaximumGradientNorm),
        (nameof(MultiTaskTrainerOptions.Balancing), options => options.Balancing),
        (nameof(MultiTaskTrainerOptions.BalancedGradients), options => options.BalancedGradients),
        (nameof(MultiTaskTrainerOptions.GradientSamplingInterval), options => options.GradientSamplingInterval),
        (nameof(MultiTaskTrainerOptions.AffinitySamplingInterval), options => options.AffinitySamplingInterval),
    ];

    /// <summary>Checks how many trainers there are.</summary>
    /// <param name="members">The trainers.</param>
    /// <param name="numberOfMembers">How many copies of a single trainer are made; null for the default.</param>
    /// <param name="minimum">The least number of members.</param>
    /// <param name="maximum">The greatest.</param>
    public static void RequireMembers(IReadOnlyList<MultiTaskTrainer> members, int? numberOfMembers, int minimum, int maximum)
    {
        Require(members is { Count: > 0 } && !members.Contains(null!), Members, "is empty or contains null; give one trainer to copy, or several");
        Require(members!.Count <= maximum, Members, string.Create(CultureInfo.InvariantCulture, $"has {members.Count} trainers; {maximum} are possible"));
        Require(numberOfMembers is null || (numberOfMembers >= minimum && numberOfMembers <= maximum), NumberOfMembers, string.Create(CultureInfo.InvariantCulture, $"is {numberOfMembers}; it must be from {minimum} to {maximum}"));
        Require(members.Count == 1 || numberOfMembers is null || numberOfMembers == members.Count, NumberOfMembers, string.Create(CultureInfo.InvariantCulture, $"is {numberOfMembers}, and there are {members.Count} trainers; only one trainer is copied"));
    }

    /// <summary>Checks that trainers that keep their own seeds are different ones.</summary>
    public static void RequireDistinct(IReadOnlyList<MultiTaskTrainer> members) =>
        Require(members.Count == 1 || members.Distinct(ReferenceEqualityComparer.Instance).Count() == members.Count, Members, "has the same trainer twice, which would be trained to the same model twice; give one trainer and NumberOfMembers");

    /// <summary>Checks trainers whose networks learn from the same batches.</summary>
    /// <param name="members">The trainers.</param>
    /// <param name="sameSteps">Whether the networks are moved by the same steps too, or each by its own.</param>
    public static void RequireSameTraining(IReadOnlyList<MultiTaskTrainer> members, bool sameSteps)
    {
        foreach ((int i, MultiTaskTrainer member) in members.Index())
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"trainer {i + 1}");
            Require(member is NetworkTrainer and not JointTrainingTrainer, Members, $"can't be trained together: {name} is {member.GetType().Name}, and members are trainers of one network, such as HardParameterSharing or SoftParameterSharing{(member is JointTrainingTrainer ? "; give its members instead" : "")}");
            string? difference = FindDifference(((NetworkTrainer)members[0]).Options, ((NetworkTrainer)member).Options, sameSteps);
            Require(difference is null, Members, $"can't be trained together: {name} and trainer 1 have {difference}");
        }
    }

    private static string? FindDifference(MultiTaskTrainerOptions first, MultiTaskTrainerOptions other, bool sameSteps)
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

        foreach ((string option, Func<MultiTaskTrainerOptions, object?> get) in sameSteps ? _ofBatches.Concat(_ofSteps) : _ofBatches)
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
