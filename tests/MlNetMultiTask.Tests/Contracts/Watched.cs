namespace MlNetMultiTask.Tests.Contracts;

/// <summary>The epochs as training judges and reports them: of networks that learn together, their means, whichever of them the model is.</summary>
internal static class Watched
{
    public static IReadOnlyList<TrainingEpoch> Of(TrainingHistory history) =>
        [.. history.Epochs.Select(epoch => epoch.Members.Count > 0 ? TrainingEpoch.OfMembers(epoch.Members, epoch.Agreement) : epoch)];
}
