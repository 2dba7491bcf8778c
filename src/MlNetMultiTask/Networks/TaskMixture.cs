namespace MlNetMultiTask.Networks;

/// <summary>How much each task takes over from each, behind a layer.</summary>
/// <param name="Name">Where it is in the network.</param>
/// <param name="Weights">The weights [T, T]: a row for each task that takes, a column for each that gives.</param>
internal sealed record TaskMixture(string Name, double[,] Weights);
