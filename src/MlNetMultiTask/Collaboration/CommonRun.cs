using MlNetMultiTask.Training;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask.Collaboration;

/// <summary>How one training of several trainers' networks is watched, kept and ended.</summary>
internal static class CommonRun
{
    /// <summary>As the options of the training say, and where they do not, as the trainers' own do: all listeners are told; checkpoints and the model to go on from are those of the first.</summary>
    public static TrainingRun Get(IReadOnlyList<MultiTaskTrainer> members, IProgress<TrainingProgress>? progress, Checkpointing? checkpointing, CancellationToken token)
    {
        IProgress<TrainingProgress>[] listeners =
            [.. members.Select(member => member.Run.Progress).Prepend(progress).OfType<IProgress<TrainingProgress>>().DistinctBy(listener => (object)listener, ReferenceEqualityComparer.Instance)];
        TrainingRun first = members[0].Run;
        return first with
        {
            Progress = listeners.Length > 1 ? new ProgressListeners(listeners) : listeners.FirstOrDefault(),
            Checkpointing = checkpointing ?? first.Checkpointing,
            CancellationToken = GetTokens(members, token).FirstOrDefault(),
        };
    }

    /// <summary>Checks what the options of the training say.</summary>
    public static void Validate(IReadOnlyList<MultiTaskTrainer> members, Checkpointing? checkpointing, CancellationToken token)
    {
        Require(GetTokens(members, token).Count() < 2, nameof(CancellationToken), "and those of the members are different tokens, and training ends by one; give one, here or in the members' options");
        Require(
            members.Skip(1).All(member => member.Run.InitialModel is null || ReferenceEquals(member.Run.InitialModel, members[0].Run.InitialModel)),
            nameof(MultiTaskTrainerOptions.InitialModel),
            "of a member after the first is another model than the first's, and training goes on from one; give it to the first member, or to Fit");
        if (checkpointing is not null)
        {
            RequireCheckpointing(checkpointing);
        }
    }

    private static IEnumerable<CancellationToken> GetTokens(IReadOnlyList<MultiTaskTrainer> members, CancellationToken token) =>
        members.Select(member => member.Run.CancellationToken).Prepend(token).Where(each => each.CanBeCanceled).Distinct();
}
