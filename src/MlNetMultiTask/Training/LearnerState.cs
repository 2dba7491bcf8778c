namespace MlNetMultiTask.Training;

/// <summary>A learner's state as plain data.</summary>
/// <param name="Engine">The engine's state.</param>
/// <param name="Weighting">The balancing method's state.</param>
/// <param name="BalancingPosition">The place in the balancing method's random numbers.</param>
internal sealed record LearnerState(EngineState Engine, double[] Weighting, ulong BalancingPosition);
