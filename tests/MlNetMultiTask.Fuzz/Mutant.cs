namespace MlNetMultiTask.Fuzz;

/// <summary>A model file that somebody or something has changed.</summary>
/// <param name="Description">What was done to it.</param>
/// <param name="File">The file.</param>
/// <param name="Expectation">How loading it may end.</param>
internal sealed record Mutant(string Description, byte[] File, Expectation Expectation);
