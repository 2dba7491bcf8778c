using System.Globalization;
using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>What a cross-validation found: the figures of each task in each fold, their means and deviations. Dispose it for the models that it keeps.</summary>
public sealed class CrossValidationResult : IDisposable
{
    internal CrossValidationResult(IReadOnlyList<CrossValidationFold> folds)
    {
        Folds = folds;
        Tasks = [.. folds[0].Metrics.Tasks.Select(task => new CrossValidatedTask([.. folds.Select(fold => fold.Metrics[task.TaskName])]))];
    }

    /// <summary>The folds, with their models, scored rows and histories.</summary>
    public IReadOnlyList<CrossValidationFold> Folds { get; }

    /// <summary>The figures of each task over all folds.</summary>
    public IReadOnlyList<CrossValidatedTask> Tasks { get; }

    /// <summary>The figures of a task over all folds.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public CrossValidatedTask this[string taskName] =>
        Tasks.FirstOrDefault(task => task.TaskName == taskName)
            ?? throw new ArgumentException($"No task '{taskName}' was evaluated; the tasks are '{string.Join("', '", Tasks.Select(task => task.TaskName))}'.", nameof(taskName));

    /// <summary>The mean over folds of <see cref="MultiTaskMetrics.MeanAccuracy"/>; NaN where there is none.</summary>
    public double MeanAccuracy => Folds.Select(fold => fold.Metrics.MeanAccuracy).Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns a table for the console: a line for each task and figure, with its mean, its deviation and its value in each fold.</summary>
    /// <returns>Several lines in invariant notation.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write().AppendPlain(text);
        return text.AppendJoin(Environment.NewLine, DescribeUnseen().Select(TextTable.OneLine)).ToString().TrimEnd();
    }

    /// <summary>Returns the same table as Markdown.</summary>
    /// <returns>The text.</returns>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Write().AppendMarkdown(text);
        return text.AppendLine().AppendJoin(Environment.NewLine, DescribeUnseen().Select(line => "- " + TextTable.Escape(line))).ToString().TrimEnd();
    }

    /// <summary>Returns the figures as data: a row for each task, figure and fold, with the columns <c>Task</c>, <c>Metric</c>, <c>Fold</c>, <c>Value</c>, <c>RowCount</c> and <c>UnseenLabelCount</c>.</summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext.Data.LoadFromEnumerable(Tasks.SelectMany(task => task.MetricNames.SelectMany(metric => Folds.Select(fold => new CrossValidationRow
        {
            Task = task.TaskName,
            Metric = metric,
            Fold = fold.Number,
            Value = fold.Metrics[task.TaskName].Values.GetValueOrDefault(metric, double.NaN),
            RowCount = fold.Metrics[task.TaskName].RowCount,
            UnseenLabelCount = fold.Metrics[task.TaskName].UnseenLabelCount,
        }))).ToArray());
    }

    /// <summary>Disposes the models that were kept.</summary>
    public void Dispose()
    {
        foreach (CrossValidationFold fold in Folds)
        {
            (fold.Model as IDisposable)?.Dispose();
        }
    }

    private TextTable Write() => new(
        string.Create(CultureInfo.InvariantCulture, $"Cross-validation, {Folds.Count} folds"),
        [("task", false), ("metric", false), ("mean", true), ("deviation", true), .. Folds.Select(fold => (string.Create(CultureInfo.InvariantCulture, $"fold {fold.Number}"), true))],
        [
            .. Tasks.SelectMany(task => task.MetricNames.Select(metric => (string[])
                [task.TaskName, metric, Number(task.GetMean(metric)), Number(task.GetDeviation(metric)), .. task.GetValues(metric).Select(Number)])),
        ]);

    /// <summary>The rows that count as wrong since their labels are unknown where they are measured.</summary>
    private IEnumerable<string> DescribeUnseen() => Tasks.Where(task => task.UnseenLabelCount > 0).Select(task =>
        string.Create(CultureInfo.InvariantCulture, $"{task.TaskName}: {task.UnseenLabelCount} rows have a label that no other fold has; they count as wrong."));

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
