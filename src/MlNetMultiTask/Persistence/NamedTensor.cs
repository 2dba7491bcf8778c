namespace MlNetMultiTask.Persistence;

/// <summary>An array of floats with a name and a shape, row by row.</summary>
internal sealed record NamedTensor(string Name, long[] Shape, float[] Values);
