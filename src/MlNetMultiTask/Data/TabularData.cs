namespace MlNetMultiTask.Data;

/// <summary>What was read of an IDataView: dense features, and each task's labels as numbers (NaN = no label).</summary>
internal sealed class TabularData
{
    public required int RowCount { get; init; }

    public required int FeatureCount { get; init; }

    /// <summary>Features, row by row; the buffer may be longer than the rows need.</summary>
    public required float[] Features { get; init; }

    /// <summary>Per task its labels, row by row, of the task's label width.</summary>
    public required IReadOnlyList<float[]> Labels { get; init; }

    /// <summary>Per task the numbers a row's label has.</summary>
    public required IReadOnlyList<int> LabelWidths { get; init; }

    /// <summary>The rows' weights, of mean 1; null where all weigh the same.</summary>
    public float[]? Weights { get; init; }

    /// <summary>Per task the weights of its own weight column, as read; null where it has none.</summary>
    public IReadOnlyList<float[]?>? TaskWeights { get; init; }

    /// <summary>What each row weighs in a task: the row's weight times that of the task's own column; null where all weigh the same.</summary>
    public float[]? GetRowWeights(int task) =>
        TaskWeights?[task] is not { } own ? Weights
        : Weights is null ? own
        : [.. Weights.Zip(own, (row, weight) => row * weight)];

    /// <summary>Per row what tells on which side of a split it belongs: 1 for validation and 0 for training, or the number of its group; null where nobody asked.</summary>
    public int[]? Tags { get; init; }

    /// <summary>Per row its number in the data that were read, from 0; null where no row was left out, so that it is the row's own.</summary>
    public long[]? SourceRows { get; init; }

    /// <summary>How many rows the data have that were read, those that were left out among them.</summary>
    public long SourceRowCount { get; init; }

    /// <summary>The number of a row in the data that were read.</summary>
    public long GetSourceRow(long row) => SourceRows is null ? row : SourceRows[row];

    /// <summary>Rows that were left out because they have no label for any task, or weight 0.</summary>
    public long SkippedRowCount { get; init; }

    /// <summary>Labels of classes that the model does not know (validation data); they are treated as missing.</summary>
    public long UnknownLabelCount { get; init; }
}
