using System.Globalization;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Tasks;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>How a multi-task trainer is compared with single-task networks.</summary>
public sealed class SingleTaskComparisonOptions
{
    /// <summary>How often the rows are divided into folds anew; 1 or more. All trainers are fitted once for each repeat and fold.</summary>
    /// <value>The default is 2.</value>
    public int NumberOfRepeats { get; init; } = 2;

    /// <summary>The folds of each repeat; 2 or more. Each is measured once, by models that have learned from the others.</summary>
    /// <value>The default is 5.</value>
    public int NumberOfFolds { get; init; } = 5;

    /// <summary>The column of which rows of the same value stay in the same fold, in the data as they are given; null for none.</summary>
    /// <value>The default is null: rows are drawn one by one.</value>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>The name of the task of whose label each fold gets its share, as <see cref="CrossValidationOptions.StratificationTask"/>.</summary>
    /// <value>The default is null: folds are drawn without regard to labels.</value>
    public string? StratificationTask { get; init; }

    /// <summary>The seed of the folds, and of the networks: those of one fold all begin with the same one.</summary>
    /// <value>The default is null: drawn from the MLContext.</value>
    public int? Seed { get; init; }

    /// <summary>
    /// Whether a network that learns one task alone takes as many steps as the multi-task network where fewer rows have a label of its own: it passes over these as often more. Else it passes over them as often as the options
    /// of the trainer say, in fewer steps, and may be worse for that reason alone.
    /// </summary>
    /// <value>The default is true.</value>
    public bool EqualSteps { get; init; } = true;

    /// <summary>How sure intervals and verdicts are; from above 0.5 to below 1. Over all tasks together, a gain or negative transfer is found where there is neither in at most the rest of cases, and so is no difference where there is one beyond the margin.</summary>
    /// <value>The default is 0.95.</value>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>Up to which difference two models count as equally good, in the unit of the task's metric (0.01 is a point of accuracy); 0 or more. With 0, no verdict is <see cref="TransferVerdict.NoDifference"/>.</summary>
    /// <value>The default is 0.01.</value>
    public double EquivalenceMargin { get; init; } = 0.01;

    /// <summary>Other margins for some tasks, by their names: where metrics have other units, above all.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, double> EquivalenceMargins { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// The metrics that are compared, by the tasks' names, as in <see cref="TaskMetrics.Values"/>: the first is the one that verdicts are about, and all of them enter <see cref="SingleTaskComparison.DeltaM"/>.
    /// </summary>
    /// <value>The default is empty: of each task its main figure (MicroAccuracy, Accuracy, RSquared or SubsetAccuracy).</value>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Metrics { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Ordinary estimators of ML.NET for single tasks, to stand in the same table.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<TaskBaseline> Baselines { get; init; } = [];

    /// <summary>For which task it is measured what learning together is worth where labels are few.</summary>
    /// <value>The default is null: it is not measured.</value>
    public LabelEfficiencyOptions? LabelEfficiency { get; init; }

    /// <summary>Is told before each training, and at the end.</summary>
    /// <value>The default is null.</value>
    public IProgress<ComparisonProgress>? Progress { get; init; }

    /// <summary>Ends the comparison, also inside a training, with an <see cref="OperationCanceledException"/>.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The metrics of a task.</summary>
    internal IReadOnlyList<string> GetMetrics(PredictionTask task) => Metrics.GetValueOrDefault(task.Name) ?? [task.MetricName];

    /// <summary>The margin of a task.</summary>
    internal double GetMargin(PredictionTask task) => EquivalenceMargins.GetValueOrDefault(task.Name, EquivalenceMargin);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate(IReadOnlyList<PredictionTask> tasks)
    {
        string[] names = [.. tasks.Select(task => task.Name)];
        void RequireKnown(IEnumerable<string> given, string option)
        {
            string? unknown = given.Except(names, StringComparer.Ordinal).FirstOrDefault();
            Require(unknown is null, option, $"names the task '{unknown}', which is none of the trainer's: '{string.Join("', '", names)}'");
        }

        Require(NumberOfRepeats > 0, nameof(NumberOfRepeats), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfRepeats}; it must be 1 or more"));
        Require(NumberOfFolds >= 2, nameof(NumberOfFolds), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfFolds}; it must be 2 or more"));
        Require(SamplingKeyColumnName is null || !string.IsNullOrWhiteSpace(SamplingKeyColumnName), nameof(SamplingKeyColumnName), "is empty; name a column, or leave it null");
        RequireKnown(new[] { StratificationTask }.OfType<string>(), nameof(StratificationTask));
        Require(ConfidenceLevel is > 0.5 and < 1, nameof(ConfidenceLevel), string.Create(CultureInfo.InvariantCulture, $"is {ConfidenceLevel}; it must be from above 0.5 to below 1"));
        Require(double.IsFinite(EquivalenceMargin) && EquivalenceMargin >= 0, nameof(EquivalenceMargin), string.Create(CultureInfo.InvariantCulture, $"is {EquivalenceMargin}; it must be 0 or more"));
        Require(EquivalenceMargins is not null && EquivalenceMargins.Values.All(margin => double.IsFinite(margin) && margin >= 0), nameof(EquivalenceMargins), "is null, or has a margin below 0");
        RequireKnown(EquivalenceMargins!.Keys, nameof(EquivalenceMargins));
        Require(Metrics is not null && Metrics.Values.All(metrics => metrics is { Count: > 0 } && metrics.Distinct().Count() == metrics.Count), nameof(Metrics), "is null, or has a task without metrics, or with one twice");
        RequireKnown(Metrics!.Keys, nameof(Metrics));
        foreach (PredictionTask task in tasks)
        {
            string? strange = GetMetrics(task).Except(task.MetricNames, StringComparer.Ordinal).FirstOrDefault();
            Require(strange is null, nameof(Metrics), $"names for the task '{task.Name}' the metric '{strange}'; a {task.Kind} task has {TaskColumns.Describe(task.MetricNames)}");
        }

        Require(Baselines is not null && !Baselines.Contains(null!), nameof(Baselines), "is null or contains null; an empty list is the default");
        RequireKnown(Baselines!.Select(baseline => baseline.TaskName), nameof(Baselines));
        Require(Baselines!.DistinctBy(baseline => (baseline.TaskName, baseline.Name)).Count() == Baselines!.Count, nameof(Baselines), "has two of the same name for one task");
        Require(!Baselines!.Any(baseline => baseline.Name == SingleTaskComparisonText.Alone), nameof(Baselines), $"has one called '{SingleTaskComparisonText.Alone}', as the networks for one task are called in tables; give it another name");
        LabelEfficiency?.Validate(tasks);
    }
}
