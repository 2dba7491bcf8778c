using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>Finds what one should know of the labels before training.</summary>
internal sealed class TaskWarnings(
    IReadOnlyList<LabelColumn> columns,
    IReadOnlyList<LabelSummary> labels,
    IReadOnlyList<LabelPair> pairs,
    IReadOnlyList<TaskRelation> relations,
    int permutations,
    TaskAnalysisOptions options)
{
    /// <summary>From this correlation on, two numbers say the same.</summary>
    private const double SameCorrelation = 0.999;

    private readonly Dictionary<string, LabelSummary> _byName = labels.GroupBy(label => label.Name).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>All warnings: of single tasks, of missing labels, and of relations.</summary>
    public IEnumerable<TaskWarning> Find() => FindOfLabels().Concat(FindOfOverlap()).Concat(FindOfRelations()).Concat(FindOfPermutations());

    private IEnumerable<TaskWarning> FindOfLabels()
    {
        foreach (LabelColumn column in columns)
        {
            int labelled = column.IsLabelled.Count(known => known);
            if (labelled < options.MinimumNumberOfRows)
            {
                yield return Warn(TaskWarningKind.TooFewRows, $"Only {labelled} of {column.RowCount} rows have a label of '{column.Task.Name}': too few to learn from or to compare with.", column.Task.Name);
            }

            LabelSummary[] own = [.. labels.Where(label => label.TaskName == column.Task.Name)];
            if (own is [{ SlotName: not null }, ..] && own.Length < column.Width)
            {
                yield return Warn(
                    TaskWarningKind.SlotsLeftOut,
                    $"'{column.Task.Name}' has {column.Width} slots, of which the {own.Length} with the most information are compared (MaximumNumberOfSlots).",
                    column.Task.Name);
            }

            foreach (LabelSummary label in own.Where(label => label.DistinctCount == 1))
            {
                yield return Warn(TaskWarningKind.Constant, $"'{label.Name}' is the same in all rows that have it: there is nothing to learn.", label.Name);
            }
        }
    }

    private IEnumerable<TaskWarning> FindOfOverlap()
    {
        for (int left = 0; left < columns.Count; left++)
        {
            for (int right = left + 1; right < columns.Count; right++)
            {
                (LabelColumn one, LabelColumn other) = (columns[left], columns[right]);
                int both = one.IsLabelled.Zip(other.IsLabelled).Count(row => row is (true, true));
                string names = $"'{one.Task.Name}' and '{other.Task.Name}'";
                if (both == 0)
                {
                    yield return Warn(TaskWarningKind.NoOverlap, $"No row has labels for both {names}: the tasks can share layers, and nothing can be said of how their labels relate.", one.Task.Name, other.Task.Name);
                }
                else if (both < options.MinimumNumberOfRows)
                {
                    yield return Warn(TaskWarningKind.TooFewRows, $"Only {both} of {one.RowCount} rows have labels for both {names}: what is said of their relation is hardly more than an anecdote.", one.Task.Name, other.Task.Name);
                }
            }
        }
    }

    private IEnumerable<TaskWarning> FindOfRelations()
    {
        for (int i = 0; i < relations.Count; i += 2)
        {
            (TaskRelation forth, TaskRelation back) = (relations[i], relations[i + 1]);
            if (!forth.IsFound)
            {
                continue;
            }

            if (forth.IsFunction && back.IsFunction)
            {
                yield return Warn(
                    TaskWarningKind.Redundant,
                    $"'{forth.From}' and '{forth.To}' say the same: each determines the other{GetCondition(forth, Math.Max(forth.FunctionExceptions, back.FunctionExceptions))}. One of the tasks would do, and neither may be a feature of the other.",
                    forth.From,
                    forth.To);
            }
            else if (Math.Max(Math.Abs(forth.Pearson), Math.Abs(forth.Spearman)) >= SameCorrelation)
            {
                yield return Warn(
                    TaskWarningKind.Redundant,
                    $"'{forth.From}' and '{forth.To}' rise and fall together (correlation {forth.Pearson:0.0000}, of ranks {forth.Spearman:0.0000}). One of the tasks would do, and neither may be a feature of the other.",
                    forth.From,
                    forth.To);
            }
            else if (forth.IsFunction || back.IsFunction)
            {
                TaskRelation relation = forth.IsFunction ? forth : back;
                yield return Warn(
                    TaskWarningKind.Determines,
                    $"'{relation.From}' determines '{relation.To}'{GetCondition(relation, relation.FunctionExceptions)}. A model of the first predicts the second as well; as a feature, the first would give the second away.",
                    relation.From,
                    relation.To);
            }
        }
    }

    private IEnumerable<TaskWarning> FindOfPermutations()
    {
        int tested = pairs.Count(pair => !double.IsNaN(pair.Chance.PValue));
        if (tested / (permutations + 1.0) > options.SignificanceLevel)
        {
            yield return Warn(
                TaskWarningKind.TooFewPermutations,
                $"{permutations} permutations are too few for {tested} pairs: a single relation could not be found at the level {options.SignificanceLevel}. Give NumberOfPermutations {Math.Ceiling(tested / options.SignificanceLevel)} or more, or leave it null.");
        }
    }

    private string GetCondition(TaskRelation relation, double exceptions)
    {
        string rows = exceptions == 0
            ? string.Create(CultureInfo.InvariantCulture, $", in all {relation.RowCount:N0} rows that have both")
            : string.Create(CultureInfo.InvariantCulture, $", but for {100 * exceptions:0.##}% of the {relation.RowCount:N0} rows that have both");
        return rows + (_byName[relation.From].Basis == LabelBasis.Bins || _byName[relation.To].Basis == LabelBasis.Bins ? ", as far as bins of numbers tell" : "");
    }

    private static TaskWarning Warn(TaskWarningKind kind, FormattableString text, params string[] names) => new(kind, FormattableString.Invariant(text), names);
}
