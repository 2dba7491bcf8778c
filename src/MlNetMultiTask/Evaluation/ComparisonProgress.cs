using System.Globalization;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>How far a comparison is: told before each training.</summary>
public sealed class ComparisonProgress
{
    internal ComparisonProgress()
    {
    }

    /// <summary>The repeat, counted from 1.</summary>
    public required int Repeat { get; init; }

    /// <summary>The fold, counted from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>What is trained next, in words; "done" at the end.</summary>
    public required string Stage { get; init; }

    /// <summary>The trainings that are done.</summary>
    public required int Completed { get; init; }

    /// <summary>All trainings; fewer, as soon as it is known that one would give the same as another.</summary>
    public required int Total { get; init; }

    /// <summary>The time since the comparison began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The time that the rest will take if it goes on as fast as until now; null before anything is done.</summary>
    public TimeSpan? Remaining => Completed == 0 ? null : Elapsed * ((Total - Completed) / (double)Completed);

    /// <summary>Returns where the comparison is, on one line.</summary>
    /// <returns>For example <c>7 of 40: repeat 1, fold 2, 'Price' alone</c>.</returns>
    public override string ToString() => TextTable.OneLine(string.Create(CultureInfo.InvariantCulture, $"{Completed} of {Total}: repeat {Repeat}, fold {Fold}, {Stage}"));
}
