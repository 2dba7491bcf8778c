using System.Globalization;

namespace MlNetMultiTask.Balancing;

/// <summary>Numbers that a user gives to some of the tasks, by name.</summary>
internal sealed class NamedNumbers
{
    private readonly Dictionary<string, double> _numbers = new(StringComparer.Ordinal);

    /// <param name="numbers">The tasks and their numbers.</param>
    /// <param name="parameter">The parameter that gives them, for messages.</param>
    /// <param name="plural">What they are, for messages.</param>
    /// <param name="minimum">The smallest that is allowed.</param>
    public NamedNumbers(IReadOnlyList<(string Task, float Number)> numbers, string parameter, string plural, double minimum)
    {
        ArgumentNullException.ThrowIfNull(numbers, parameter);
        foreach ((string task, float number) in numbers)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(task, parameter);
            if (!float.IsFinite(number) || number < minimum)
            {
                string rule = double.IsFinite(minimum) ? string.Create(CultureInfo.InvariantCulture, $"{minimum} or more, and finite") : "finite";
                throw new ArgumentOutOfRangeException(parameter, string.Create(CultureInfo.InvariantCulture, $"Of the {plural}, that of task '{task}' is {number}; it must be {rule}."));
            }

            if (!_numbers.TryAdd(task, number))
            {
                throw new ArgumentException($"Task '{task}' has two {plural}; give it one.", parameter);
            }
        }
    }

    /// <summary>The numbers of all tasks.</summary>
    /// <exception cref="ArgumentException">A number is given to a task that is none of these.</exception>
    public double[] For(IReadOnlyList<string> tasks, double usual, string giver) =>
        _numbers.Keys.Except(tasks, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new ArgumentException($"{giver} names '{unknown}', which is no task of this trainer; its tasks are '{string.Join("', '", tasks)}'.")
            : [.. tasks.Select(task => _numbers.GetValueOrDefault(task, usual))];

    /// <summary>The numbers of those tasks that are among some.</summary>
    public IReadOnlyList<(string Task, float Number)> Among(IReadOnlyList<string> tasks) =>
        [.. _numbers.Where(number => tasks.Contains(number.Key)).Select(number => (number.Key, (float)number.Value))];

    /// <summary>Returns the tasks by name and their numbers, as short as they were given, each behind a comma.</summary>
    public override string ToString() => string.Concat(_numbers.OrderBy(number => number.Key, StringComparer.Ordinal).Select(number => string.Create(CultureInfo.InvariantCulture, $", {number.Key} {(float)number.Value}")));
}
