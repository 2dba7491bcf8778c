using Microsoft.ML;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>
/// Whether learning tasks together helps: a multi-task trainer against a network for each task alone, of the same width, with the same budget and seeds, over repeated folds of the same rows. Nothing
/// native is held; there is nothing to dispose.
/// </summary>
public sealed class SingleTaskComparison
{
    private readonly IReadOnlyList<MeasuredDivision> _divisions;

    internal SingleTaskComparison(IReadOnlyList<PredictionTask> tasks, SingleTaskComparisonOptions options, IReadOnlyList<MeasuredDivision> divisions)
    {
        _divisions = divisions;
        NumberOfRepeats = options.NumberOfRepeats;
        NumberOfFolds = options.NumberOfFolds;
        ConfidenceLevel = options.ConfidenceLevel;
        Tasks = [.. tasks.Select((task, i) => Compare(task, i, options))];
        TransferDecision.Decide(Tasks, 1 - options.ConfidenceLevel);
        for (int i = 0; i < options.Baselines.Count; i++)
        {
            TransferDecision.Adjust([.. Tasks.SelectMany(task => task.Baselines).Where(baseline => baseline.Name == options.Baselines[i].Name).Select(baseline => baseline.Metrics[0])]);
        }

        (string, double, double, bool)[] figures =
            [.. Tasks.SelectMany(task => task.Metrics.Select(metric => (task.TaskName, metric.MultiTaskMean, metric.OtherMean, metric.IsLowerBetter)))];
        DeltaM = RelativeChange.OverTasks(figures);
        DeltaMOverMetrics = RelativeChange.OverMetrics(figures);
        MultiTaskCost = GetCost([.. divisions.Select(division => (IReadOnlyList<MeasuredFit>)[division.MultiTask])]);
        SingleTaskCost = GetCost([.. divisions.Select(division => division.Alone)]);
        LabelEfficiencyTask = options.LabelEfficiency?.TaskName;
        LabelEfficiency = LabelEfficiencyTask is null ? [] : CompareShares(tasks.First(task => task.Name == LabelEfficiencyTask), options);
    }

    /// <summary>How often the rows were divided anew.</summary>
    public int NumberOfRepeats { get; }

    /// <summary>The folds of each repeat.</summary>
    public int NumberOfFolds { get; }

    /// <summary>How sure intervals and verdicts are.</summary>
    public double ConfidenceLevel { get; }

    /// <summary>How each task fares.</summary>
    public IReadOnlyList<ComparedTask> Tasks { get; }

    /// <summary>How a task fares.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public ComparedTask this[string taskName] =>
        Tasks.FirstOrDefault(task => task.TaskName == taskName)
            ?? throw new ArgumentException($"No task '{taskName}' was compared; the tasks are '{string.Join("', '", Tasks.Select(task => task.TaskName))}'.", nameof(taskName));

    /// <summary>
    /// Δm, the mean over tasks of the mean over each task's metrics of (multi-task − single-task) / single-task, with the sign turned where less is better: 0.02 means better by 2 % (Maninis, Radosavovic, Kokkinos 2019; Vandenhende et
    /// al. 2021). Of the means over all divisions; a single-task figure below 0 counts by its size, and one of 0 is left out.
    /// </summary>
    public double DeltaM { get; }

    /// <summary>
    /// Δm in the other convention: what is lost, in the mean over all metrics of all tasks alike, so that less is better and −0.02 means better by 2 % (Liu et al. 2021, CAGrad; Navon et al. 2022, Nash-MTL).
    /// </summary>
    public double DeltaMOverMetrics { get; }

    /// <summary>What the multi-task model costs.</summary>
    public TrainingCost MultiTaskCost { get; }

    /// <summary>What the networks for single tasks cost together.</summary>
    public TrainingCost SingleTaskCost { get; }

    /// <summary>The task whose labels became fewer; null where this was not measured.</summary>
    public string? LabelEfficiencyTask { get; }

    /// <summary>How this task fares with a share of its labels; empty where this was not measured.</summary>
    public IReadOnlyList<LabelEfficiencyPoint> LabelEfficiency { get; }

    /// <summary>Returns tables for the console: the tasks and their verdicts, Δm, costs, and the label efficiency if it was measured.</summary>
    /// <returns>Several lines in invariant notation.</returns>
    public override string ToString() => SingleTaskComparisonText.WritePlain(this);

    /// <summary>Returns the same tables as Markdown.</summary>
    /// <returns>The text.</returns>
    public string ToMarkdown() => SingleTaskComparisonText.WriteMarkdown(this);

    /// <summary>
    /// Returns the figures as data: a row for each task, metric, other model, share of labels, repeat and fold, with the columns <c>Task</c>, <c>Metric</c>, <c>Against</c> (<c>alone</c>, or a baseline's name), <c>LabelShare</c>,
    /// <c>Repeat</c>, <c>Fold</c>, <c>MultiTask</c> and <c>Other</c>.
    /// </summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        IEnumerable<(string Task, string Against, double Share, PairedComparison Comparison)> comparisons =
        [
            .. Tasks.SelectMany(task => task.Metrics.Select(metric => (task.TaskName, SingleTaskComparisonText.Alone, 1.0, metric))),
            .. Tasks.SelectMany(task => task.Baselines.SelectMany(baseline => baseline.Metrics.Select(metric => (task.TaskName, baseline.Name, 1.0, metric)))),
            .. LabelEfficiency.Where(point => point.Share < 1).Select(point => (LabelEfficiencyTask!, SingleTaskComparisonText.Alone, point.Share, point.Comparison)),
        ];
        return mlContext.Data.LoadFromEnumerable(comparisons.SelectMany(own => _divisions.Select((division, i) => new SingleTaskComparisonRow
        {
            Task = own.Task,
            Metric = own.Comparison.Metric,
            Against = own.Against,
            LabelShare = own.Share,
            Repeat = division.Repeat,
            Fold = division.Fold,
            MultiTask = own.Comparison.MultiTaskValues[i],
            Other = own.Comparison.OtherValues[i],
        })).ToArray());
    }

    private ComparedTask Compare(PredictionTask task, int index, SingleTaskComparisonOptions options)
    {
        TaskMetrics[] together = [.. _divisions.Select(division => division.MultiTask.Metrics.Tasks[index])];
        TaskMetrics[] alone = [.. _divisions.Select(division => division.Alone[index].Metrics.Tasks[0])];
        PairedComparison[] CompareWith(TaskMetrics[] others) => [.. options.GetMetrics(task).Select(metric => Pair(metric, together, others))];

        return new ComparedTask(
            task.Name,
            task.Kind,
            options.GetMargin(task),
            CompareWith(alone),
            [
                .. options.Baselines.Index().Where(baseline => baseline.Item.TaskName == task.Name).Select(baseline =>
                    new ComparedBaseline(baseline.Item.Name, CompareWith([.. _divisions.Select(division => division.Baselines[baseline.Index].Metrics.Tasks[0])]))),
            ])
        {
            RowCount = together.Take(NumberOfFolds).Sum(fold => fold.RowCount),
            UnseenLabelCount = together.Sum(fold => fold.UnseenLabelCount) / (double)NumberOfRepeats,
        };
    }

    private LabelEfficiencyPoint[] CompareShares(PredictionTask task, SingleTaskComparisonOptions options) =>
    [
        .. options.LabelEfficiency!.Shares.Select((share, i) => new LabelEfficiencyPoint
        {
            Share = share,
            LabelCount = _divisions.Average(division => division.FewerLabels[i].LabelCount),
            Comparison = Pair(options.GetMetrics(task)[0], [.. _divisions.Select(division => division.FewerLabels[i].MultiTask)], [.. _divisions.Select(division => division.FewerLabels[i].Alone)]),
        }),
    ];

    /// <summary>Test and training rows are those with a label: the test rows of the other folds are what a fold's models learned from.</summary>
    private PairedComparison Pair(string metric, TaskMetrics[] together, TaskMetrics[] others)
    {
        double[] ratios = [.. together.Chunk(NumberOfFolds).SelectMany(repeat => repeat.Select(fold => fold.RowCount / (double)Math.Max(1, repeat.Sum(other => other.RowCount) - fold.RowCount)))];
        return new PairedComparison(metric, [.. together.Select(fold => Get(fold, metric))], [.. others.Select(fold => Get(fold, metric))], ratios.Average(), ConfidenceLevel, together.Zip(others).All(pair => AreSame(pair.First, pair.Second)));
    }

    private static bool AreSame(TaskMetrics one, TaskMetrics other) =>
        one.RowCount == other.RowCount && (one.RowCount == 0 || (one.ScoreDigest is { } digest && digest == other.ScoreDigest));

    private static double Get(TaskMetrics figures, string metric) => figures.Values.GetValueOrDefault(metric, double.NaN);

    private static TrainingCost GetCost(IReadOnlyList<IReadOnlyList<MeasuredFit>> divisions) => new()
    {
        TrainingSeconds = GetMedian(divisions.Select(models => models.Sum(model => model.TrainingSeconds))),
        ScoringSeconds = GetMedian(divisions.Select(models => models.Sum(model => model.ScoringSeconds))),
        ParameterCount = divisions[0].Sum(model => model.ParameterCount),
        FileSize = divisions[0].Any(model => model.FileSize is null) ? null : divisions[0].Sum(model => model.FileSize),
    };

    private static double GetMedian(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
