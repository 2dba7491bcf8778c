namespace MlNetMultiTask.Networks;

/// <summary>The sizes of each level of progressive layered extraction.</summary>
/// <param name="Tasks">The number of tasks.</param>
/// <param name="SharedExperts">How many experts all tasks share.</param>
/// <param name="TaskExperts">How many experts each task has to itself.</param>
internal sealed record ExtractionSizes(int Tasks, int SharedExperts, int TaskExperts);
