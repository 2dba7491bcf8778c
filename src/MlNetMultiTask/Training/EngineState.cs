namespace MlNetMultiTask.Training;

/// <summary>A training engine's state as plain numbers.</summary>
/// <param name="Parameters">All parameters, shared ones first.</param>
/// <param name="StepCount">The number of updates.</param>
/// <param name="Moments">The optimizer's running means, each of the length of the parameters.</param>
internal sealed record EngineState(float[] Parameters, long StepCount, float[][] Moments)
{
    /// <summary>What else the network changes in training: the running means of batch normalisations, say; empty where it has none.</summary>
    public float[] Buffers { get; init; } = [];
}
