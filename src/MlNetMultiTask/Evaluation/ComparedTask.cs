using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>How one task fares in a multi-task model, against a network of its own and, where wanted, ordinary estimators.</summary>
public sealed class ComparedTask
{
    internal ComparedTask(string taskName, string kind, double equivalenceMargin, IReadOnlyList<PairedComparison> metrics, IReadOnlyList<ComparedBaseline> baselines)
    {
        TaskName = taskName;
        Kind = kind;
        EquivalenceMargin = equivalenceMargin;
        Metrics = metrics;
        Baselines = baselines;
    }

    /// <summary>The task's name.</summary>
    public string TaskName { get; }

    /// <summary>The task's kind, as <see cref="PredictionTask.Kind"/>.</summary>
    public string Kind { get; }

    /// <summary>The multi-task model against the network that learned this task alone: the metrics that are compared, the main one first.</summary>
    public IReadOnlyList<PairedComparison> Metrics { get; }

    /// <summary>The main metric, which the verdict is about.</summary>
    public PairedComparison Main => Metrics[0];

    /// <summary>The multi-task model against ordinary estimators.</summary>
    public IReadOnlyList<ComparedBaseline> Baselines { get; }

    /// <summary>Up to which difference of the main metric both count as equally good.</summary>
    public double EquivalenceMargin { get; }

    /// <summary>The chance that the main metrics look as equal, were they further apart than the margin (two one-sided tests), adjusted for the number of tasks; 1 with a margin of 0.</summary>
    public double EquivalencePValue { get; internal set; } = double.NaN;

    /// <summary>
    /// What learning together does to the task: no difference, where the test of equivalence says so, also of a difference that is sure but within the margin; else gain or negative transfer, where the
    /// difference is beyond chance over all tasks; else undecided.
    /// </summary>
    public TransferVerdict Verdict { get; internal set; }

    /// <summary>The rows with a label, of one repeat.</summary>
    public required long RowCount { get; init; }

    /// <summary>The rows of one repeat, in the mean, with a class or label that no other fold has; they count as wrong, in both models.</summary>
    public required double UnseenLabelCount { get; init; }

    /// <summary>Returns the task, its main metric and the verdict.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => TextTable.OneLine($"{TaskName}: {SingleTaskComparisonText.Describe(Verdict)}; {Main}");
}
