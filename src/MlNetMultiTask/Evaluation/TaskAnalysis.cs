using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask;

/// <summary>How the labels of several tasks map onto one another. Made by <see cref="MultiTaskCatalog.AnalyzeTasks"/>.</summary>
/// <remarks>
/// <para>
/// Classes, yes and no are compared as they are. A number is compared as its values where these repeat, else in bins that hold about as many rows each. A set of labels is compared as one value
/// where whole sets repeat and are known in all slots, else slot by slot; a vector of numbers slot by slot. See <see cref="LabelSummary.Basis"/>.
/// </para>
/// <para>
/// Whether two labels share more information than chance explains is asked by permuting one of them among the rows that have both; the p-values are adjusted over all pairs (Holm 1979), so that among
/// labels that have nothing to do with one another anything at all is found with a probability of <see cref="SignificanceLevel"/> at most.
/// </para>
/// </remarks>
public sealed class TaskAnalysis
{
    internal TaskAnalysis()
    {
    }

    /// <summary>The names of the tasks, in their order.</summary>
    public required IReadOnlyList<string> TaskNames { get; init; }

    /// <summary>The rows of the data, those without any label included.</summary>
    public required long RowCount { get; init; }

    /// <summary>The labels that are compared: one for a task, or one for each slot.</summary>
    public required IReadOnlyList<LabelSummary> Labels { get; init; }

    /// <summary>The relation of each label to each label of another task, pair by pair in both directions.</summary>
    public required IReadOnlyList<TaskRelation> Relations { get; init; }

    /// <summary>How many rows have labels for the same tasks, the most frequent first; at most as many as <see cref="TaskAnalysisOptions.MaximumNumberOfPatterns"/>.</summary>
    public required IReadOnlyList<MissingPattern> MissingPatterns { get; init; }

    /// <summary>The number of all such patterns.</summary>
    public required int MissingPatternCount { get; init; }

    /// <summary>What one should know before training.</summary>
    public required IReadOnlyList<TaskWarning> Warnings { get; init; }

    /// <summary>How often the labels of a pair were permuted at most.</summary>
    public required int NumberOfPermutations { get; init; }

    /// <summary>The adjusted p-value up to which a relation is found.</summary>
    public required double SignificanceLevel { get; init; }

    /// <summary>The relation of one label to another.</summary>
    /// <param name="from">The label from which the mapping goes, as <see cref="LabelSummary.Name"/>: the task's name, where it is compared as a whole.</param>
    /// <param name="to">The label to which it goes.</param>
    /// <exception cref="ArgumentException">These labels were not compared.</exception>
    public TaskRelation this[string from, string to] =>
        Relations.FirstOrDefault(relation => relation.From == from && relation.To == to)
            ?? throw new ArgumentException($"'{from}' and '{to}' were not compared; the labels are '{string.Join("', '", Labels.Select(label => label.Name))}', and those of one task are not compared with one another.");

    /// <summary>
    /// Returns the relations as data: a row for each direction of each pair, with the columns <c>From</c>, <c>To</c>, <c>RowCount</c>, <c>Overlap</c> and so on, named as the properties of
    /// <see cref="TaskRelation"/>. What there is not is NaN.
    /// </summary>
    /// <param name="mlContext">The context of the view.</param>
    /// <returns>The view.</returns>
    public IDataView ToDataView(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext.Data.LoadFromEnumerable(Relations.Select(relation => new TaskRelationRow(relation)).ToArray());
    }

    /// <summary>Returns the tables and warnings as Markdown; names of users are escaped.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public string ToMarkdown()
    {
        StringBuilder text = TextTable.Write(TaskAnalysisText.GetTables(this), isMarkdown: true);
        text.AppendLine("**Warnings**").AppendLine();
        foreach (TaskWarning warning in Warnings)
        {
            text.Append("- ").AppendLine(TextTable.Escape(warning.ToString()));
        }

        return text.Append(Warnings.Count == 0 ? "None." + Environment.NewLine : "").ToString();
    }

    /// <summary>Returns tables for the console, and the warnings below.</summary>
    /// <returns>Several lines, the same in every culture.</returns>
    public override string ToString() =>
        TextTable.Write(TaskAnalysisText.GetTables(this), isMarkdown: false).AppendLine("Warnings").AppendJoin(Environment.NewLine, Warnings.Count == 0 ? ["none"] : Warnings.Select(warning => TextTable.OneLine(warning.ToString()))).ToString();
}
