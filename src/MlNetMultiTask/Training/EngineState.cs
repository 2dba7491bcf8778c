namespace MlNetMultiTask.Training;

/// <summary>A training engine's state as plain numbers.</summary>
/// <param name="Parameters">All parameters, shared ones first.</param>
/// <param name="StepCount">The number of updates.</param>
/// <param name="Mean">Adam's first moment.</param>
/// <param name="Square">Adam's second moment.</param>
internal sealed record EngineState(float[] Parameters, long StepCount, float[] Mean, float[] Square);
