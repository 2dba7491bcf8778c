using System.Globalization;
using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Models;

namespace MlNetMultiTask;

/// <summary>How a model was trained: every epoch with each task's losses and metrics. It is saved with the model.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<(string Task, string Metric)> tasks, IReadOnlyList<TrainingEpoch> epochs, int bestEpoch, TrainingEnd end)
    {
        TaskNames = [.. tasks.Select(task => task.Task)];
        MetricNames = tasks.ToDictionary(task => task.Task, task => task.Metric, StringComparer.Ordinal);
        Epochs = epochs;
        BestEpoch = bestEpoch;
        End = end;
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>Per task the name of its main metric: <c>MicroAccuracy</c>, <c>Accuracy</c>, <c>SubsetAccuracy</c> or <c>RSquared</c>, as in <see cref="TaskMetrics.Values"/>.</summary>
    public IReadOnlyDictionary<string, string> MetricNames { get; }

    /// <summary>The epochs in their order; those before a resumed checkpoint are among them.</summary>
    public IReadOnlyList<TrainingEpoch> Epochs { get; }

    /// <summary>The number of the epoch whose weights the model has.</summary>
    public int BestEpoch { get; }

    /// <summary>Why training ended.</summary>
    public TrainingEnd End { get; }

    /// <summary>The time of all epochs together.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Epochs.Sum(epoch => epoch.Duration.Ticks));

    /// <summary>
    /// Returns the history as data: a row for each epoch and task, with the columns <c>Epoch</c>, <c>Task</c>, <c>TrainingLoss</c>,
    /// <c>ValidationLoss</c>, <c>MetricName</c>, <c>TrainingMetric</c>, <c>ValidationMetric</c>, <c>TaskWeight</c>, <c>LearningRate</c>,
    /// <c>Seconds</c> and <c>ParameterDistance</c> (these three of the epoch), <c>Agreement</c>, <c>GradientNorm</c>, and
    /// <c>AffinityToOthers</c> and <c>AffinityFromOthers</c> (what steps for the task do to the others, and theirs to it, in the mean over the others). What there is not is NaN.
    /// </summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext.Data.LoadFromEnumerable(GetRows().ToArray());
    }

    /// <summary>
    /// Returns the rows of <see cref="ToDataView"/> as comma-separated values (RFC 4180, invariant notation; NaN is an empty cell). Names of tasks that a
    /// spreadsheet would take for a formula get an apostrophe in front.
    /// </summary>
    /// <returns>The text, with a header line.</returns>
    public string ToCsv()
    {
        var text = new StringBuilder("Epoch,Task,TrainingLoss,ValidationLoss,MetricName,TrainingMetric,ValidationMetric,TaskWeight,LearningRate,Seconds,ParameterDistance,Agreement,GradientNorm,AffinityToOthers,AffinityFromOthers\r\n");
        foreach (HistoryRow row in GetRows())
        {
            text.AppendJoin(
                ',',
                row.Epoch.ToString(CultureInfo.InvariantCulture),
                Cell(row.Task),
                Number(row.TrainingLoss),
                Number(row.ValidationLoss),
                Cell(row.MetricName),
                Number(row.TrainingMetric),
                Number(row.ValidationMetric),
                Number(row.TaskWeight),
                Number(row.LearningRate),
                Number(row.Seconds),
                Number(row.ParameterDistance),
                Number(row.Agreement),
                Number(row.GradientNorm),
                Number(row.AffinityToOthers),
                Number(row.AffinityFromOthers)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>Returns the history as JSON, as it is saved with the model.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => Encoding.UTF8.GetString(HistoryJson.Write(this));

    /// <summary>Returns the history as a table for the console: a line an epoch; the best is marked with an asterisk.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Epochs.Count} epochs in {Duration.TotalSeconds:0.0} s, best {BestEpoch}, ended by {End}");
        foreach (TrainingEpoch epoch in Epochs)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{epoch.Number,4}{(epoch.Number == BestEpoch ? '*' : ' ')} rate {epoch.LearningRate:0.######}");
            foreach (string task in TaskNames)
            {
                text.Append(CultureInfo.InvariantCulture, $"; {task}: loss {epoch.TrainingLosses[task]:0.0000}");
                text.Append(CultureInfo.InvariantCulture, $"{(epoch.ValidationLosses is { } losses ? $" / {losses[task].ToString("0.0000", CultureInfo.InvariantCulture)}" : "")}");
                text.Append(CultureInfo.InvariantCulture, $", {MetricNames[task]} {epoch.TrainingMetrics[task]:0.000}");
                text.Append(CultureInfo.InvariantCulture, $"{(epoch.ValidationMetrics is { } metrics ? $" / {metrics[task].ToString("0.000", CultureInfo.InvariantCulture)}" : "")}");
                text.Append(epoch.TaskWeights[task] is 1 or double.NaN ? "" : string.Create(CultureInfo.InvariantCulture, $", weight {epoch.TaskWeights[task]:G3}"));
            }
        }

        return text.ToString();
    }

    /// <summary>The history of one of the networks that learned together; of a network that learned alone, this one.</summary>
    /// <param name="member">The network, from 0.</param>
    /// <param name="tellsOfAll">Whether it tells of the others too.</param>
    internal TrainingHistory OfMember(int member, bool tellsOfAll = false) => Epochs is [{ Members.Count: > 0 }, ..]
        ? new TrainingHistory(
            [.. TaskNames.Select(task => (task, MetricNames[task]))],
            [.. Epochs.Select(epoch => epoch.Members[member].Among(epoch.Agreement, tellsOfAll ? epoch.Members : []))],
            BestEpoch,
            End)
        : this;

    private IEnumerable<HistoryRow> GetRows() => Epochs.SelectMany(epoch => TaskNames.Select(task => new HistoryRow
    {
        Epoch = epoch.Number,
        Task = task,
        TrainingLoss = epoch.TrainingLosses[task],
        ValidationLoss = epoch.ValidationLosses?[task] ?? double.NaN,
        MetricName = MetricNames[task],
        TrainingMetric = epoch.TrainingMetrics[task],
        ValidationMetric = epoch.ValidationMetrics?[task] ?? double.NaN,
        TaskWeight = epoch.TaskWeights[task],
        LearningRate = epoch.LearningRate,
        Seconds = epoch.Duration.TotalSeconds,
        ParameterDistance = epoch.ParameterDistance ?? double.NaN,
        Agreement = epoch.Agreement?[task] ?? double.NaN,
        GradientNorm = epoch.Gradients?.Norms[task] ?? double.NaN,
        AffinityToOthers = epoch.Affinity?.GetMeanOverOthers(task, backward: false) ?? double.NaN,
        AffinityFromOthers = epoch.Affinity?.GetMeanOverOthers(task, backward: true) ?? double.NaN,
    }));

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Cell(string text)
    {
        string safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
