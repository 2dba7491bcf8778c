using System.Globalization;
using System.Text;

namespace MlNetMultiTask;

/// <summary>What a distillation was worth: how far the student agrees with its teacher, how well both predict, and what they cost.</summary>
public sealed class FidelityReport
{
    private readonly IReadOnlyList<(string Task, string Metric)> _mainMetrics;

    internal FidelityReport(IReadOnlyList<(string Task, string Metric)> mainMetrics) => _mainMetrics = mainMetrics;

    /// <summary>The agreement in each task that the teacher knows.</summary>
    public required IReadOnlyList<TaskFidelity> Tasks { get; init; }

    /// <summary>The teacher's metrics, in the tasks of which it knows all outputs; null where there are none, or no labels. They are of what it taught: in the classes of the student.</summary>
    public required MultiTaskMetrics? TeacherMetrics { get; init; }

    /// <summary>The student's metrics; null where there are no labels.</summary>
    public required MultiTaskMetrics? StudentMetrics { get; init; }

    /// <summary>The metrics of the student that was trained without a teacher; null where none was given.</summary>
    public required MultiTaskMetrics? WithoutTeacherMetrics { get; init; }

    /// <summary>What the teacher costs.</summary>
    public required ModelCost TeacherCost { get; init; }

    /// <summary>What the student costs.</summary>
    public required ModelCost StudentCost { get; init; }

    /// <summary>The agreement in a task.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <exception cref="ArgumentException">The task was not compared.</exception>
    public TaskFidelity this[string taskName] =>
        Tasks.FirstOrDefault(task => task.TaskName == taskName)
            ?? throw new ArgumentException($"The task '{taskName}' was not compared; those that were are '{string.Join("', '", Tasks.Select(task => task.TaskName))}'.", nameof(taskName));

    /// <summary>Returns a table in Markdown, a row for each model, and the agreement in each task below.</summary>
    /// <returns>Several lines in invariant notation.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        (string, string)[] shown = [.. _mainMetrics.Where(main => StudentMetrics?.Tasks.Any(task => task.TaskName == main.Task) == true)];
        Append(text, ["", .. shown.Select(main => $"{main.Item1}: {main.Item2}"), "parameters", "bytes", "rows/s"]);
        Append(text, ["---", .. shown.Select(_ => "---"), "---", "---", "---"]);
        Append(text, ["teacher", .. Figures(TeacherMetrics, shown), .. Costs(TeacherCost)]);
        Append(text, ["student", .. Figures(StudentMetrics, shown), .. Costs(StudentCost)]);
        if (WithoutTeacherMetrics is not null)
        {
            Append(text, ["student without teacher", .. Figures(WithoutTeacherMetrics, shown), .. Costs(null)]);
        }

        return text.AppendLine().AppendJoin(Environment.NewLine, Tasks).ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static IEnumerable<string> Figures(MultiTaskMetrics? metrics, (string Task, string Metric)[] shown) =>
        shown.Select(main => metrics?.Tasks.FirstOrDefault(task => task.TaskName == main.Task)?.Values.TryGetValue(main.Metric, out double value) == true ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "");

    private static string[] Costs(ModelCost? cost) =>
    [
        cost?.ParameterCount?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        cost?.FileSize?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        cost?.RowsPerSecond.ToString("N0", CultureInfo.InvariantCulture) ?? "",
    ];
}
