using System.Globalization;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask.Collaboration;

/// <summary>What trainers must have in common whose networks are trained on the same batches.</summary>
internal static class CommonOptions
{
    private static readonly (string Name, Func<MultiTaskTrainerOptions, object?> Get)[] _ofBatches =
    [
        (nameof(MultiTaskTrainerOptions.ExampleWeightColumnName), options => options.ExampleWeightColumnName),
        (nameof(MultiTaskTrainerOptions.ValidationFraction), options => options.ValidationFraction),
        (nameof(MultiTaskTrainerOptions.ValidationColumnName), options => options.ValidationColumnName),
        (nameof(MultiTaskTrainerOptions.SamplingKeyColumnName), options => options.SamplingKeyColumnName),
        (nameof(MultiTaskTrainerOptions.BatchSize), options => options.BatchSize),
        (nameof(MultiTaskTrainerOptions.MaximumNumberOfEpochs), options => options.MaximumNumberOfEpochs),
        (nameof(MultiTaskTrainerOptions.EarlyStopping), options => options.EarlyStopping),
        (nameof(MultiTaskTrainerOptions.NumberOfThreads), options => options.NumberOfThreads),
        (nameof(MultiTaskTrainerOptions.OnCancellation), options => options.OnCancellation),
        ("LearningRate (ReduceOnPlateau)", options => options.LearningRate.Plateau),
    ];

    /// <summary>Checks the trainers of which a model of several is made.</summary>
    /// <param name="members">The trainers.</param>
    /// <param name="numberOfMembers">How many copies of a single trainer are made; null for the default.</param>
    /// <param name="minimum">The least number of members.</param>
    /// <exception cref="ArgumentException">There are too few or too many, one is there twice, or they have other tasks or features.</exception>
    public static void RequireMembers(IReadOnlyList<MultiTaskTrainer> members, int? numberOfMembers, int minimum)
    {
        const string Members = nameof(EnsembleOptions.Members);
        const string NumberOfMembers = nameof(EnsembleOptions.NumberOfMembers);
        const int Maximum = Models.EnsembleManifest.MaximumNumberOfMembers;
        Require(members is { Count: > 0 } && !members.Contains(null!), Members, "is empty or contains null; give one trainer to copy, or several");
        Require(numberOfMembers is null || (numberOfMembers >= minimum && numberOfMembers <= Maximum), NumberOfMembers, string.Create(CultureInfo.InvariantCulture, $"is {numberOfMembers}; it must be from {minimum} to {Maximum}"));
        Require(members!.Count == 1 || numberOfMembers is null || numberOfMembers == members.Count, NumberOfMembers, string.Create(CultureInfo.InvariantCulture, $"is {numberOfMembers}, and there are {members.Count} trainers; only one trainer is copied"));
        Require(members.Count <= Maximum, Members, string.Create(CultureInfo.InvariantCulture, $"has {members.Count} trainers; {Maximum} are possible"));
        Require(members.Count == 1 || members.Distinct(ReferenceEqualityComparer.Instance).Count() == members.Count, Members, "has the same trainer twice, which would be trained to the same model twice; give one trainer and NumberOfMembers");
        for (int i = 1; i < members.Count; i++)
        {
            string? difference = Tasks.TaskDescription.FindDifference(members[0].Tasks, members[i].Tasks);
            Require(difference is null, Members, string.Create(CultureInfo.InvariantCulture, $"can't work together: trainers {i + 1} and 1 have {difference?.TrimEnd('.')}"));
            Require(members[i].FeatureColumnName == members[0].FeatureColumnName, Members, string.Create(CultureInfo.InvariantCulture, $"can't work together: trainer {i + 1} reads the features '{members[i].FeatureColumnName}', and trainer 1 '{members[0].FeatureColumnName}'; concatenate them into one column"));
        }
    }

    /// <summary>Checks trainers whose networks learn from the same batches, and returns them.</summary>
    /// <param name="members">The trainers.</param>
    /// <param name="option">The option that gives them.</param>
    /// <exception cref="ArgumentException">A trainer is not one of a single network, or two differ in what they must have in common.</exception>
    public static IReadOnlyList<NetworkTrainer> RequireSameBatches(IReadOnlyList<MultiTaskTrainer> members, string option)
    {
        for (int i = 0; i < members.Count; i++)
        {
            Require(members[i] is NetworkTrainer, option, string.Create(CultureInfo.InvariantCulture, $"has as trainer {i + 1} the {members[i].GetType().Name}, which trains several networks by themselves; give trainers of one network, for example HardParameterSharing"));
        }

        NetworkTrainer[] trainers = [.. members.Cast<NetworkTrainer>()];
        for (int i = 1; i < trainers.Length; i++)
        {
            foreach ((string name, Func<MultiTaskTrainerOptions, object?> get) in _ofBatches)
            {
                (string first, string other) = (Text(get(trainers[0].Options)), Text(get(trainers[i].Options)));
                Require(first == other, option, string.Create(CultureInfo.InvariantCulture, $"can't learn from the same batches: {name} of trainer {i + 1} is {other}, and of trainer 1 {first}; give all of them the same"));
            }
        }

        return trainers;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "null";
}
