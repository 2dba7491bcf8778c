namespace MlNetMultiTask.Training;

/// <summary>A training session's state as plain data.</summary>
/// <param name="Epoch">The epochs completed.</param>
/// <param name="Engine">The engine's state.</param>
/// <param name="Weighting">The balancing method's state.</param>
/// <param name="BalancingPosition">The place in the balancing method's random numbers.</param>
/// <param name="Frozen">Per task, whether it has been frozen.</param>
internal sealed record SessionState(int Epoch, EngineState Engine, double[] Weighting, ulong BalancingPosition, bool[] Frozen);
