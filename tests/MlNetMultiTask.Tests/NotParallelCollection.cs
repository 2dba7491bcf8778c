using System.Diagnostics.CodeAnalysis;

namespace MlNetMultiTask.Tests;

/// <summary>Tests that look at what belongs to the whole process: its live tensors, torch's number of threads, allocations.</summary>
[CollectionDefinition("NotParallel", DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "A collection of tests, in the words of xunit.")]
public sealed class NotParallelCollection;
