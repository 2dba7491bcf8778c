namespace MlNetMultiTask;

/// <summary>A multi-task model against a network for one task, where this task has fewer labels.</summary>
public sealed class LabelEfficiencyPoint
{
    internal LabelEfficiencyPoint()
    {
    }

    /// <summary>The share of the training rows' labels that both learned from.</summary>
    public required double Share { get; init; }

    /// <summary>The number of these labels, in the mean over divisions.</summary>
    public required double LabelCount { get; init; }

    /// <summary>
    /// The task's main metric. The interval corrects for overlapping training rows as with all labels: which labels are kept is drawn anew for each division, so that with few of them training rows overlap less, and it is
    /// rather too wide than too narrow.
    /// </summary>
    public required PairedComparison Comparison { get; init; }

    /// <summary>Returns share and figures.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => FormattableString.Invariant($"{100 * Share:0.##} % ({LabelCount:0} labels): {Comparison}");
}
