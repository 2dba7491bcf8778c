namespace MlNetMultiTask;

/// <summary>A label as it is compared with others: that of a task, or one slot of it.</summary>
public sealed class LabelSummary
{
    internal LabelSummary()
    {
    }

    /// <summary>The task's name; of a slot, with the slot's name or number behind it: <c>Tags[warm]</c>, <c>Sizes[0]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the task.</summary>
    public required string TaskName { get; init; }

    /// <summary>The slot's name, or its number counted from 0; null where the label is compared as a whole.</summary>
    public required string? SlotName { get; init; }

    /// <summary>The task's kind, as <see cref="PredictionTask.Kind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>As what the label is compared.</summary>
    public required LabelBasis Basis { get; init; }

    /// <summary>The rows of the data.</summary>
    public required long RowCount { get; init; }

    /// <summary>The rows with this label.</summary>
    public required long LabelledRowCount { get; init; }

    /// <summary>The different labels that occur; of a number its different values, also where bins are compared.</summary>
    public required int DistinctCount { get; init; }

    /// <summary>The different values that are compared: as many as there are different labels, or bins.</summary>
    public required int ComparedCount { get; init; }

    /// <summary>The entropy of the values that are compared, in bits, over the rows with this label; NaN where there is none.</summary>
    public required double Entropy { get; init; }

    /// <summary>Returns the figures on one line.</summary>
    /// <returns>For example <c>Species: 344 of 344 rows, 3 classes, entropy 1.519 bits</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: {LabelledRowCount:N0} of {RowCount:N0} rows, {DistinctCount:N0} {(Basis is LabelBasis.Bins ? FormattableString.Invariant($"values in {ComparedCount} bins") : Basis.ToString().ToLowerInvariant())}, entropy {Entropy:0.000} bits");
}
