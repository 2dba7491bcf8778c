namespace MlNetMultiTask;

/// <summary>What a model costs.</summary>
public sealed class ModelCost
{
    internal ModelCost()
    {
    }

    /// <summary>The numbers that training has set; of an ensemble, those of all members. Null for models of others, which do not tell.</summary>
    public required long? ParameterCount { get; init; }

    /// <summary>The bytes that <c>mlContext.Model.Save</c> writes; null where the model can't be saved (<see cref="NotSaved"/> says why).</summary>
    public required long? FileSize { get; init; }

    /// <summary>Why there is no file size; null where there is.</summary>
    public string? NotSaved { get; init; }

    /// <summary>The rows that are scored in a second, from the data as they are given to all tasks' scores, in the fastest of several passes.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>Returns the figures on one line.</summary>
    /// <returns>For example <c>6,341 parameters, 31,210 bytes, 812,000 rows/s</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{(ParameterCount is { } count ? FormattableString.Invariant($"{count:N0}") : "?")} parameters, {(FileSize is { } size ? FormattableString.Invariant($"{size:N0}") : "?")} bytes, {RowsPerSecond:N0} rows/s");
}
