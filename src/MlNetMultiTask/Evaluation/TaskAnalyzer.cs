using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Reads the labels of tasks, compares them pair by pair, and asks what is more than chance.</summary>
internal static class TaskAnalyzer
{
    private const int MinimumNumberOfPermutations = 999;

    /// <summary>How many times more permutations there are than Holm's smallest bound needs.</summary>
    private const int Reserve = 4;

    public static TaskAnalysis Analyze(IHostEnvironment environment, IDataView data, IReadOnlyList<PredictionTask> tasks, TaskAnalysisOptions options)
    {
        RequireTasks(tasks);
        options.Validate();
        IReadOnlyList<LabelColumn> columns = LabelReader.Read(data, tasks, options.CancellationToken);
        ComparedLabel[] labels = [.. columns.SelectMany(column => LabelCoding.Code(column, options))];
        LabelPair[] pairs = Pair(labels, options.CancellationToken);
        int permutations = options.NumberOfPermutations ?? GetNumberOfPermutations(pairs, options.SignificanceLevel);
        Test(environment, pairs, permutations, columns[0].RowCount, options);

        IReadOnlyList<MissingPattern> patterns = MissingPatterns.Count(columns);
        TaskRelation[] relations =
        [
            .. pairs.SelectMany(pair => (TaskRelation[])[pair.Relate(reversed: false, options), pair.Relate(reversed: true, options)]),
        ];
        LabelSummary[] summaries = [.. labels.Select(label => label.Summarize())];
        return new TaskAnalysis
        {
            TaskNames = [.. tasks.Select(task => task.Name)],
            RowCount = columns[0].RowCount,
            Labels = summaries,
            Relations = relations,
            MissingPatterns = [.. patterns.Take(options.MaximumNumberOfPatterns)],
            MissingPatternCount = patterns.Count,
            NumberOfPermutations = permutations,
            SignificanceLevel = options.SignificanceLevel,
            Warnings = [.. new TaskWarnings(columns, summaries, pairs, relations, permutations, options).Find()],
        };
    }

    private static void RequireTasks(IReadOnlyList<PredictionTask> tasks)
    {
        if (tasks.Count == 0)
        {
            throw new ArgumentException("There is no task to analyze; give those that a trainer would learn.", nameof(tasks));
        }

        if (tasks.Contains(null!))
        {
            throw new ArgumentException("One of the tasks is null.", nameof(tasks));
        }

        if (tasks.GroupBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
        {
            throw new ArgumentException($"There are two tasks named '{twice}'; give each its own name (labelColumnName lets two tasks read one label).", nameof(tasks));
        }
    }

    /// <summary>The pairs of labels of different tasks. Slots of one task belong to one another anyway.</summary>
    private static LabelPair[] Pair(ComparedLabel[] labels, CancellationToken cancellationToken)
    {
        var pairs = new List<LabelPair>();
        for (int left = 0; left < labels.Length; left++)
        {
            foreach (ComparedLabel right in labels.Skip(left + 1).Where(right => right.TaskName != labels[left].TaskName))
            {
                cancellationToken.ThrowIfCancellationRequested();
                pairs.Add(new LabelPair(labels[left], right));
            }
        }

        return [.. pairs];
    }

    private static int GetNumberOfPermutations(LabelPair[] pairs, double level) =>
        (int)Math.Clamp(Math.Ceiling(Reserve * pairs.Count(pair => ChanceTest.Applies(pair.Table)) / level), MinimumNumberOfPermutations, int.MaxValue);

    private static void Test(IHostEnvironment environment, LabelPair[] pairs, int permutations, int rowCount, TaskAnalysisOptions options)
    {
        var logarithms = new CountLogarithms(rowCount);
        ulong seed = options.Seed is { } given ? (ulong)given : (uint)environment.Register(nameof(TaskAnalyzer)).Rand.Next();
        for (int i = 0; i < pairs.Length; i++)
        {
            if (ChanceTest.Applies(pairs[i].Table))
            {
                pairs[i].Chance = ChanceTest.Run(pairs[i].Table, permutations, logarithms, new CounterRandom(seed, (uint)RandomStream.Permutations, (uint)i), options.CancellationToken);
            }
        }

        double[] adjusted = HolmAdjustment.Adjust([.. pairs.Select(pair => pair.Chance.PValue)]);
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i].AdjustedPValue = adjusted[i];
        }
    }
}
