namespace MlNetMultiTask.Evaluation;

/// <summary>All that a comparison measures on one division of the rows into training and test.</summary>
/// <param name="Repeat">The repeat, from 1.</param>
/// <param name="Fold">The fold that was the test, from 1.</param>
/// <param name="MultiTask">The multi-task model.</param>
/// <param name="Alone">Per task the network that learned it alone.</param>
/// <param name="Baselines">The baselines, in the options' order.</param>
/// <param name="FewerLabels">Per share of labels the number of labels, and the figures of the task whose labels became fewer: of the multi-task model, and of the network alone.</param>
internal sealed record MeasuredDivision(
    int Repeat,
    int Fold,
    MeasuredFit MultiTask,
    IReadOnlyList<MeasuredFit> Alone,
    IReadOnlyList<MeasuredFit> Baselines,
    IReadOnlyList<(double LabelCount, TaskMetrics MultiTask, TaskMetrics Alone)> FewerLabels);
