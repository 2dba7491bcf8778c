using System.Globalization;

namespace MlNetMultiTask;

/// <summary>Which tasks are kept close to which, and how much each pair weighs.</summary>
public sealed class TaskGraph
{
    private readonly (string Task, string Other, double Weight)[] _pairs;
    private readonly string _text;

    private TaskGraph((string Task, string Other, double Weight)[] pairs, string text)
    {
        _pairs = pairs;
        _text = text;
    }

    /// <summary>Pairs with their weights; a pair that is not named weighs 0.</summary>
    /// <param name="pairs">The names of two tasks, and what their distance weighs: a finite number of 0 or more. Each pair once, in any order.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite, a task is paired with itself, or a pair is there twice.</exception>
    public static TaskGraph Pairs(params (string Task, string OtherTask, double Weight)[] pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var seen = new HashSet<(string, string)>();
        foreach ((string task, string other, double weight) in pairs)
        {
            string pair = string.Create(CultureInfo.InvariantCulture, $"The pair of '{task}' and '{other}'");
            Require(double.IsFinite(weight) && weight >= 0, string.Create(CultureInfo.InvariantCulture, $"{pair} weighs {weight}; weights are finite numbers of 0 or more."), nameof(pairs));
            Require(task is not null && other is not null && task != other, $"{pair} is none: name two different tasks.", nameof(pairs));
            Require(seen.Add(string.CompareOrdinal(task, other) < 0 ? (task!, other!) : (other!, task!)), $"{pair} is there twice.", nameof(pairs));
        }

        return new TaskGraph([.. pairs], $"Pairs({string.Join(", ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Task}-{pair.OtherTask} {pair.Weight}")))})");
    }

    /// <summary>Groups of tasks: the pairs inside a group weigh 1, all others 0. A task in no group stands alone.</summary>
    /// <param name="groups">The names of the tasks of each group; a task is in one group at most.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentException">A task is named twice, or a group or name is null.</exception>
    public static TaskGraph Groups(params IReadOnlyList<string>[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Require(Array.TrueForAll(groups, group => group is not null && group.All(name => name is not null)), "A group, or the name of a task in one, is null.", nameof(groups));
        string? twice = groups.SelectMany(group => group).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twice is null, $"The task '{twice}' is in a group twice, or in two groups.", nameof(groups));
        return new TaskGraph(
            [.. groups.SelectMany(group => group.SelectMany((task, i) => group.Skip(i + 1).Select(other => (task, other, 1.0))))],
            $"Groups({string.Join("; ", groups.Select(group => string.Join(", ", group)))})");
    }

    /// <summary>Returns the pairs or groups.</summary>
    /// <returns>For example <c>Groups(A, B; C, D)</c>.</returns>
    public override string ToString() => _text;

    /// <summary>A task that the graph names and that is none of these; null where there is none.</summary>
    internal string? FindUnknown(IReadOnlyList<PredictionTask> tasks) =>
        _pairs.SelectMany(pair => new[] { pair.Task, pair.Other }).Except(tasks.Select(task => task.Name), StringComparer.Ordinal).FirstOrDefault();

    /// <summary>What each pair of tasks weighs [T, T], symmetric, 0 on the diagonal. Pairs of other tasks are left out.</summary>
    internal double[,] GetWeights(IReadOnlyList<PredictionTask> tasks)
    {
        var weights = new double[tasks.Count, tasks.Count];
        Dictionary<string, int> places = tasks.Select((task, i) => (task.Name, i)).ToDictionary(place => place.Name, place => place.i, StringComparer.Ordinal);
        foreach ((string task, string other, double weight) in _pairs)
        {
            if (places.TryGetValue(task, out int i) && places.TryGetValue(other, out int j))
            {
                weights[i, j] = weights[j, i] = weight;
            }
        }

        return weights;
    }

    private static void Require(bool valid, string problem, string parameter)
    {
        if (!valid)
        {
            throw new ArgumentException(problem, parameter);
        }
    }
}
