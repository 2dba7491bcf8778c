using System.Globalization;
using Microsoft.ML.Data;
using MlNetMultiTask;
using Spectre.Console;

namespace QuickStart;

/// <summary>The metrics as a table, a row per task. They are ML.NET's own metric objects.</summary>
internal static class MetricsTable
{
    public static void Show(MultiTaskMetrics metrics)
    {
        MulticlassClassificationMetrics species = metrics.Multiclass("Species");
        BinaryClassificationMetrics sex = metrics.Binary("Sex");
        RegressionMetrics bodyMass = metrics.Regression("BodyMass");

        var table = new Table().AddColumns("Task", "Kind", "Penguins", "No label", "How good");
        AddRow(table, "multiclass", metrics["Species"], $"accuracy {species.MicroAccuracy:0.000}");
        AddRow(table, "binary", metrics["Sex"], $"accuracy {sex.Accuracy:0.000}");
        AddRow(table, "regression", metrics["BodyMass"], $"R² {bodyMass.RSquared:0.000}, off by {bodyMass.MeanAbsoluteError:0} g");
        Screen.Out.Write(table);
    }

    private static void AddRow(Table table, string kind, TaskMetrics task, FormattableString figures) =>
        table.AddRow(task.TaskName, kind, $"{task.RowCount}", $"{task.MissingLabelCount}", figures.ToString(CultureInfo.InvariantCulture));
}
