namespace MlNetMultiTask.Fuzz;

/// <summary>How loading a mutant may end. Whatever else happens is a bug of the library.</summary>
internal enum Expectation
{
    /// <summary>
    /// <c>MultiTask.Load</c> refuses the file, or finds the very same model: a change of what nobody reads, such as the date of an entry.
    /// </summary>
    RefusedOrTheSame,

    /// <summary>The same, and <c>Model.Load</c> of ML.NET refuses it as well: the change is in a part that this library wrote.</summary>
    RefusedOrTheSameByBoth,

    /// <summary>Either refuses the file, or finds a model that scores: somebody has written the checksums anew.</summary>
    RefusedOrUsable,
}
