using System.Globalization;

namespace MlNetMultiTask;

/// <summary>Which tasks have a label in the same rows, and how many rows these are.</summary>
public sealed class MissingPattern
{
    internal MissingPattern()
    {
    }

    /// <summary>The tasks that have a label in these rows, in their order, and no others; empty for rows without any label. A label of several slots counts if one of them is known.</summary>
    public required IReadOnlyList<string> LabelledTasks { get; init; }

    /// <summary>The rows.</summary>
    public required long RowCount { get; init; }

    /// <summary>Their share of all rows.</summary>
    public required double Share { get; init; }

    /// <summary>Returns the rows and the tasks.</summary>
    /// <returns>For example <c>333 rows (96.8%): Species, Sex, BodyMass</c>.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{RowCount:N0} rows ({100 * Share:0.0}%): {(LabelledTasks.Count == 0 ? "no label" : string.Join(", ", LabelledTasks))}");
}
