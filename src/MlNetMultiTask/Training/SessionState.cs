namespace MlNetMultiTask.Training;

/// <summary>A training session's state as plain data.</summary>
/// <param name="Epoch">The epochs completed.</param>
/// <param name="Learners">The learners' states.</param>
/// <param name="Frozen">Per task, whether it has been frozen.</param>
internal sealed record SessionState(int Epoch, IReadOnlyList<LearnerState> Learners, bool[] Frozen);
