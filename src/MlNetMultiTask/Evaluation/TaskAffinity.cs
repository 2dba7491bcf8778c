using Microsoft.ML;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>How tasks got on with one another in training. Made by <see cref="MultiTaskCatalog.MeasureAffinity"/>, or of the history of any training that was sampled.</summary>
/// <remarks>
/// Means and deviations are over the epochs of all seeds (and, where several networks were trained, over those of each) in which a pair was met. They are figures of one data set and one network: other layers, or another learning rate, give others.
/// </remarks>
public sealed class TaskAffinity
{
    /// <summary>Why there is no similarity where no twins were trained.</summary>
    internal const string NoTwins = "No single-task twins were trained.";

    private readonly EpochFigure _lookAhead;
    private readonly EpochFigure _cosine;
    private readonly double[] _similarities;

    private TaskAffinity(IReadOnlyList<string> tasks, EpochFigure lookAhead, EpochFigure cosine, double[] similarities)
    {
        TaskNames = tasks;
        (_lookAhead, _cosine, _similarities) = (lookAhead, cosine, similarities);
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>The epochs that were sampled, of all seeds and networks together.</summary>
    public required int NumberOfEpochs { get; init; }

    /// <summary>The steps in which training looked ahead, in all these epochs.</summary>
    public required long NumberOfSteps { get; init; }

    /// <summary>With how many seeds everything was trained.</summary>
    public required int NumberOfSeeds { get; init; }

    /// <summary>Why there is no similarity, or none of some pairs; null where there is one of all.</summary>
    public required string? SimilarityProblem { get; init; }

    /// <summary>The affinities that the history of a training tells, where it was sampled: <see cref="MultiTaskTrainerOptions.AffinitySamplingInterval"/> and <see cref="MultiTaskTrainerOptions.GradientSamplingInterval"/>, or a balancing method on gradients.</summary>
    /// <param name="history">The history.</param>
    /// <returns>The affinities, without similarities.</returns>
    /// <exception cref="ArgumentException">No epoch was sampled.</exception>
    public static TaskAffinity FromHistory(TrainingHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        TrainingEpoch[] epochs = [.. FindMeasured(history)];
        return epochs.Length > 0
            ? Create(history.TaskNames, epochs, 1, [], NoTwins)
            : throw new ArgumentException("The history has no epoch that was sampled. Train with the options AffinitySamplingInterval and GradientSamplingInterval, or use MeasureAffinity.", nameof(history));
    }

    /// <summary>What a step for one task alone does to another, as <see cref="TaskLookAhead.GetAffinity"/>, in the mean over epochs.</summary>
    /// <param name="from">The task for which the step is taken.</param>
    /// <param name="to">The task whose loss is watched.</param>
    /// <returns>The share of its loss that the second task loses; below 0, it grows. NaN where it was never measured.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetLookAhead(string from, string to) => _lookAhead.Means[Find(from, to)];

    /// <summary>The standard deviation of <see cref="GetLookAhead"/> between epochs, of a sample. It is not the error of the mean: affinities change in the course of training.</summary>
    /// <param name="from">The task for which the step is taken.</param>
    /// <param name="to">The task whose loss is watched.</param>
    /// <returns>The deviation; NaN with fewer than two epochs.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetLookAheadDeviation(string from, string to) => _lookAhead.Deviations[Find(from, to)];

    /// <summary>The cosine of the angle between two tasks' gradients, as <see cref="TaskGradients.GetCosine"/>, in the mean over epochs.</summary>
    /// <param name="task">A task's name.</param>
    /// <param name="other">Another's.</param>
    /// <returns>From -1 to 1; NaN where it was never measured.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetGradientCosine(string task, string other) => _cosine.Means[Find(task, other)];

    /// <summary>The standard deviation of <see cref="GetGradientCosine"/> between epochs, of a sample.</summary>
    /// <param name="task">A task's name.</param>
    /// <param name="other">Another's.</param>
    /// <returns>The deviation; NaN with fewer than two epochs.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetGradientCosineDeviation(string task, string other) => _cosine.Deviations[Find(task, other)];

    /// <summary>
    /// How similar the last shared layers of networks are that were trained for one task each: their linear centred kernel alignment (Kornblith, Norouzi, Lee, Hinton 2019) on the same rows, in the mean over seeds.
    /// </summary>
    /// <param name="task">A task's name.</param>
    /// <param name="other">Another's.</param>
    /// <returns>From 0 to 1, where 1 is the same up to a rotation and a factor; NaN where it was not measured, and <see cref="SimilarityProblem"/> says why.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double GetSimilarity(string task, string other) => _similarities[Find(task, other)];

    /// <summary>Finds the groups of tasks that help one another most, for a given number of networks: the best of all up to 8 tasks, beyond the best that a search by single steps finds.</summary>
    /// <param name="numberOfNetworks">How many groups; from 1 to the number of tasks.</param>
    /// <param name="measure">By which of the affinities.</param>
    /// <returns>The groups, and those for more or fewer networks. What was not measured counts as 0.</returns>
    /// <exception cref="ArgumentException">The number is out of range, or nothing was measured of what is asked.</exception>
    public TaskGrouping SuggestGroups(int numberOfNetworks, TaskAffinityMeasure measure = TaskAffinityMeasure.LookAhead)
    {
        Func<string, string, double> get = measure switch
        {
            TaskAffinityMeasure.LookAhead => GetLookAhead,
            TaskAffinityMeasure.GradientCosine => GetGradientCosine,
            TaskAffinityMeasure.Similarity => GetSimilarity,
            _ => throw new ArgumentException(FormattableString.Invariant($"{measure} is none of the measures."), nameof(measure)),
        };
        double[,] affinity = new double[TaskNames.Count, TaskNames.Count];
        for (int i = 0; i < TaskNames.Count; i++)
        {
            for (int j = 0; j < TaskNames.Count; j++)
            {
                affinity[i, j] = i == j ? 0 : get(TaskNames[i], TaskNames[j]);
            }
        }

        TaskGrouper.RequireNumber(numberOfNetworks, TaskNames.Count);
        bool isKnown = TaskNames.Count == 1 || affinity.Cast<double>().Index().Any(pair => pair.Index % (TaskNames.Count + 1) != 0 && !double.IsNaN(pair.Item));
        return isKnown
            ? TaskGrouper.Find(TaskNames, affinity, numberOfNetworks, this, measure)
            : throw new ArgumentException($"The affinities hold no {measure} of any two tasks{(measure == TaskAffinityMeasure.Similarity && SimilarityProblem is not null ? $": {SimilarityProblem}" : "; train with the option AffinitySamplingInterval")}", nameof(measure));
    }

    /// <summary>
    /// Returns the figures as data: a row for each ordered pair of tasks, with the columns <c>From</c>, <c>To</c>, <c>LookAhead</c>, <c>LookAheadDeviation</c>, <c>GradientCosine</c>,
    /// <c>GradientCosineDeviation</c>, <c>Similarity</c> and <c>EpochCount</c> (those in which training looked ahead at the pair). What there is not is NaN.
    /// </summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext.Data.LoadFromEnumerable(TaskNames.SelectMany(from => TaskNames.Select(to => new TaskAffinityRow
        {
            From = from,
            To = to,
            LookAhead = GetLookAhead(from, to),
            LookAheadDeviation = GetLookAheadDeviation(from, to),
            GradientCosine = GetGradientCosine(from, to),
            GradientCosineDeviation = GetGradientCosineDeviation(from, to),
            Similarity = GetSimilarity(from, to),
            EpochCount = _lookAhead.Counts[Find(from, to)],
        })).ToArray());
    }

    /// <summary>Returns the tables as Markdown; names of users are escaped.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public string ToMarkdown() =>
        TextTable.Write(TaskAffinityText.GetTables(this), isMarkdown: true).Append(SimilarityProblem is null ? "" : TextTable.Escape(TaskAffinityText.Describe(SimilarityProblem))).ToString().TrimEnd();

    /// <summary>Returns a table of each figure for the console: a line and a column for each task.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public override string ToString() =>
        TextTable.Write(TaskAffinityText.GetTables(this), isMarkdown: false).Append(SimilarityProblem is null ? "" : TextTable.OneLine(TaskAffinityText.Describe(SimilarityProblem))).ToString().TrimEnd();

    /// <param name="tasks">The names of the tasks.</param>
    /// <param name="epochs">The epochs that were sampled.</param>
    /// <param name="seedCount">With how many seeds.</param>
    /// <param name="similarities">Per seed the similarities [T · T]; none without twins.</param>
    /// <param name="problem">Why similarities are not there.</param>
    internal static TaskAffinity Create(IReadOnlyList<string> tasks, IReadOnlyList<TrainingEpoch> epochs, int seedCount, IReadOnlyList<double[]> similarities, string? problem)
    {
        bool Has(IReadOnlyList<string>? names, string from, string to) => names is not null && names.Contains(from) && names.Contains(to);
        var lookAhead = new EpochFigure(tasks, epochs, (epoch, from, to) => Has(epoch.Affinity?.TaskNames, from, to) ? epoch.Affinity!.GetAffinity(from, to) : double.NaN);
        var cosine = new EpochFigure(tasks, epochs, (epoch, from, to) => Has(epoch.Gradients?.TaskNames, from, to) ? epoch.Gradients!.GetCosine(from, to) : double.NaN);
        double[] mean = [.. Enumerable.Range(0, tasks.Count * tasks.Count).Select(pair => similarities.Select(own => own[pair]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())];
        return new TaskAffinity(tasks, lookAhead, cosine, mean)
        {
            NumberOfEpochs = epochs.Count,
            NumberOfSteps = epochs.Sum(epoch => (long)(epoch.Affinity?.NumberOfSteps ?? 0)),
            NumberOfSeeds = seedCount,
            SimilarityProblem = problem,
        };
    }

    /// <summary>The epochs that were sampled; of networks that learned together, those of each.</summary>
    internal static IEnumerable<TrainingEpoch> FindMeasured(TrainingHistory history) =>
        history.Epochs.SelectMany(epoch => epoch.Members.DefaultIfEmpty(epoch)).Where(IsMeasured);

    private static bool IsMeasured(TrainingEpoch epoch) => epoch.Affinity is not null || epoch.Gradients is not null;

    private int Find(string from, string to) => (Find(from) * TaskNames.Count) + Find(to);

    private int Find(string task)
    {
        int index = TaskNames.TakeWhile(name => name != task).Count();
        return index < TaskNames.Count ? index : throw new ArgumentException($"There is no task '{task}'; the tasks are '{string.Join("', '", TaskNames)}'.", nameof(task));
    }
}
