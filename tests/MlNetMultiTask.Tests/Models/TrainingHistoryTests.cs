using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Tests.Models;

/// <summary>A history in each of the forms in which it leaves the library.</summary>
public sealed class TrainingHistoryTests
{
    private const string Formula = "=HYPERLINK(\"http://x\"), a";

    private static readonly (string Task, string Metric)[] _tasks = [("Color", "MicroAccuracy"), (Formula, "RSquared")];

    [Fact]
    public void As_data_it_has_a_row_for_each_epoch_and_task()
    {
        IDataView view = Create().ToDataView(new MLContext());

        Assert.Equal(["Epoch", "Task", "TrainingLoss", "ValidationLoss", "MetricName", "TrainingMetric", "ValidationMetric", "TaskWeight", "LearningRate", "Seconds", "ParameterDistance", "Agreement", "GradientNorm", "AffinityToOthers", "AffinityFromOthers"], view.Schema.Select(column => column.Name));
        Assert.Equal([1, 1, 2, 2], view.GetColumn<int>("Epoch"));
        Assert.Equal(["Color", Formula, "Color", Formula], view.GetColumn<string>("Task"));
        Assert.Equal([1.5, 0.1, 1.25, 0.05], view.GetColumn<double>("TrainingLoss"));
        Assert.Equal([2.5, double.NaN, 2.25, double.NaN], view.GetColumn<double>("ValidationLoss"));
        Assert.Equal([0.5, 0.5, 0.5, 0.5], view.GetColumn<double>("Seconds"));
        Assert.Equal([double.NaN, double.NaN, 0.25, 0.25], view.GetColumn<double>("ParameterDistance"));
    }

    [Fact]
    public void As_CSV_it_is_the_same_in_every_culture_and_holds_no_formula()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            string[] lines = Create().ToCsv().Split("\r\n");

            Assert.Equal("Epoch,Task,TrainingLoss,ValidationLoss,MetricName,TrainingMetric,ValidationMetric,TaskWeight,LearningRate,Seconds,ParameterDistance,Agreement,GradientNorm,AffinityToOthers,AffinityFromOthers", lines[0]);
            Assert.Equal("1,Color,1.5,2.5,MicroAccuracy,0.75,0.5,1,0.001,0.5,,,,,", lines[1]);
            Assert.Equal("1,\"'=HYPERLINK(\"\"http://x\"\"), a\",0.1,,RSquared,0.9,,0,0.001,0.5,,0.625,,,", lines[2]);
            Assert.Equal("2,Color,1.25,2.25,MicroAccuracy,0.75,0.5,1,0.001,0.5,0.25,,,,", lines[3]);
            Assert.Equal(6, lines.Length);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("=1", true)]
    [InlineData("+1", true)]
    [InlineData("-1", true)]
    [InlineData("@SUM", true)]
    [InlineData("\tx", true)]
    [InlineData("a=1", false)]
    public void What_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(string name, bool formula)
    {
        var history = new TrainingHistory([(name, "RSquared")], [Epoch(1, [name], false)], 1, TrainingEnd.NoImprovement);

        Assert.Equal(formula, history.ToCsv().Contains($",'{name},", StringComparison.Ordinal) || history.ToCsv().Contains($",\"'{name}", StringComparison.Ordinal));
    }

    [Fact]
    public void As_JSON_it_is_read_by_others_and_by_us()
    {
        TrainingHistory history = Create();
        using JsonDocument json = JsonDocument.Parse(history.ToJson());
        TrainingHistory read = HistoryJson.Read(HistoryJson.Write(history));

        Assert.Equal(2, json.RootElement.GetProperty("bestEpoch").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("epochs").GetArrayLength());
        Assert.Equal(history.ToJson(), read.ToJson());
        Assert.Equal(history.ToString(), read.ToString());
        Assert.Equal(history.ToCsv(), read.ToCsv());
    }

    [Fact]
    public void A_distance_is_kept_where_there_is_one_and_files_without_it_are_read()
    {
        TrainingHistory history = Create();
        using JsonDocument json = JsonDocument.Parse(history.ToJson());
        TrainingHistory read = HistoryJson.Read(HistoryJson.Write(history));

        Assert.Equal([null, 0.25], read.Epochs.Select(epoch => epoch.ParameterDistance));
        Assert.Equal([false, true], json.RootElement.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.TryGetProperty("parameterDistance", out _)));
    }

    [Fact]
    public void Gradients_are_kept_where_they_were_compared_and_files_without_them_are_read()
    {
        TrainingHistory history = CreateWithGradients();
        using JsonDocument json = JsonDocument.Parse(history.ToJson());
        TrainingHistory read = HistoryJson.Read(HistoryJson.Write(history));
        TaskGradients gradients = read.Epochs[1].Gradients!;

        Assert.Equal([false, true], json.RootElement.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.TryGetProperty("gradients", out _)));
        Assert.Null(read.Epochs[0].Gradients);
        Assert.Equal(_tasks.Select(task => task.Task), gradients.TaskNames);
        Assert.Equal(7, gradients.NumberOfSteps);
        Assert.Equal([0.4125, double.NaN], gradients.Norms.Values);
        Assert.Equal(1, gradients.GetCosine("Color", "Color"));
        Assert.Equal(-0.25, gradients.GetCosine("Color", Formula));
        Assert.Equal(-0.5, gradients.GetCosine(Formula, "Color"));
        Assert.True(double.IsNaN(gradients.GetCosine(Formula, Formula)));
        Assert.Equal(0.75, gradients.GetConflictShare("Color", Formula));
        Assert.Equal(0.125, gradients.GetConflictShare(Formula, "Color"));
        Assert.Equal(history.ToJson(), read.ToJson());
        Assert.Equal(history.ToCsv(), read.ToCsv());
    }

    [Fact]
    public void The_norm_of_a_gradient_is_a_column_of_the_data_and_of_the_CSV()
    {
        TrainingHistory history = CreateWithGradients();
        string[] lines = history.ToCsv().Split("\r\n");

        Assert.Equal([double.NaN, double.NaN, 0.4125, double.NaN], history.ToDataView(new MLContext()).GetColumn<double>("GradientNorm"));
        Assert.EndsWith(",,,,,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0.25,,0.4125,,", lines[3], StringComparison.Ordinal);
        Assert.EndsWith(",0.25,,,,", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_as_text_are_a_line_for_each_task_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(["Color: norm 0.412; cosines 1.00 -0.25", $"{Formula}: norm NaN; cosines -0.50 NaN"], CreateWithGradients(0.41249).Epochs[1].Gradients!.ToString().Split(Environment.NewLine));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Shape", "Color")]
    [InlineData("Color", "color")]
    public void A_task_whose_gradient_is_not_there_is_named_beside_those_that_are(string task, string other)
    {
        TaskGradients gradients = CreateWithGradients().Epochs[1].Gradients!;
        foreach (Func<string, string, double> get in (Func<string, string, double>[])[gradients.GetCosine, gradients.GetConflictShare])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => get(task, other));
            Assert.Contains($"'{(task == "Color" ? other : task)}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'Color', '=HYPERLINK", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"steps\": 7", "\"steps\": 0", "steps")]
    [InlineData("\"steps\": 7", "\"steps\": \"7\"", "steps")]
    [InlineData("\"norms\"", "\"others\"", "norms")]
    [InlineData("0.4125,", "", "norms")]
    [InlineData("-0.25,", "", "cosines")]
    [InlineData("-0.25,", "-0.25, 0.5,", "cosines")]
    [InlineData("\"cosines\"", "\"others\"", "cosines")]
    [InlineData("0.75,", "", "conflicts")]
    [InlineData("\"conflicts\"", "\"others\"", "conflicts")]
    [InlineData("\"gradients\": {", "\"gradients\": 5, \"others\": {", "gradients")]
    public void Gradients_that_make_no_sense_are_a_format_error_that_names_the_place(string from, string to, string place)
    {
        string json = CreateWithGradients().ToJson();
        int at = json.IndexOf(from, json.IndexOf("\"gradients\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at > 0);
        byte[] forged = System.Text.Encoding.UTF8.GetBytes(json[..at] + to + json[(at + from.Length)..]);

        Assert.Contains(place, Assert.Throws<FormatException>(() => HistoryJson.Read(forged)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"bestEpoch\": 2", "\"bestEpoch\": -1", "bestEpoch")]
    [InlineData("\"NoImprovement\"", "\"17\"", "end")]
    [InlineData("\"RSquared\"", "7", "tasks[1].metric")]
    [InlineData("\"number\": 1", "\"number\": 0", "epochs[0].number")]
    [InlineData("\"ticks\": 5000000", "\"ticks\": -5", "ticks")]
    [InlineData("\"ticks\": 5000000", "\"ticks\": 9000000000000000000", "ticks")]
    [InlineData("\"bestEpoch\": 2", "\"bestEpoch\": 3", "bestEpoch")]
    [InlineData("\"taskWeights\"", "\"others\"", "taskWeights")]
    [InlineData("1.25,", "", "trainingLosses")]
    public void What_makes_no_sense_is_a_format_error_that_names_the_place(string from, string to, string place)
    {
        string json = Create().ToJson();
        Assert.Contains(from, json, StringComparison.Ordinal);
        byte[] forged = System.Text.Encoding.UTF8.GetBytes(json.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(place, Assert.Throws<FormatException>(() => HistoryJson.Read(forged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_text_it_is_a_line_for_each_epoch()
    {
        string[] lines = Create().ToString().Split(Environment.NewLine);

        Assert.Equal("2 epochs in 1.0 s, best 2, ended by NoImprovement", lines[0]);
        Assert.StartsWith("   1  rate 0.001; Color: loss 1.5000 / 2.5000, MicroAccuracy 0.750 / 0.500; =HYPERLINK", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("   2* rate 0.001", lines[2], StringComparison.Ordinal);
    }

    private static TrainingHistory Create() => new(_tasks, [Epoch(1, [.. _tasks.Select(task => task.Task)], true), Epoch(2, [.. _tasks.Select(task => task.Task)], true)], 2, TrainingEnd.NoImprovement);

    /// <summary>A history of which the second epoch compared gradients; the second task took part in no step, and no figure is like another.</summary>
    private static TrainingHistory CreateWithGradients(double norm = 0.4125)
    {
        string[] tasks = [.. _tasks.Select(task => task.Task)];
        var gradients = new TaskGradients(tasks, 7, [norm, double.NaN], [1, -0.25, -0.5, double.NaN], [0, 0.75, 0.125, double.NaN]);
        return new TrainingHistory(_tasks, [Epoch(1, tasks, true), Epoch(2, tasks, true, gradients)], 2, TrainingEnd.NoImprovement);
    }

    private static TrainingEpoch Epoch(int number, string[] tasks, bool validation, TaskGradients? gradients = null)
    {
        Dictionary<string, double> By(params double[] values) => tasks.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);

        return new TrainingEpoch
        {
            Number = number,
            TrainingLosses = number == 1 ? By(1.5, 0.1) : By(1.25, 0.05),
            TrainingMetrics = By(0.75, 0.9),
            ValidationLosses = validation ? By(number == 1 ? 2.5 : 2.25, double.NaN) : null,
            ValidationMetrics = validation ? By(0.5, double.NaN) : null,
            TaskWeights = By(1, 0),
            Gradients = gradients,
            LearningRate = 0.001,
            ParameterDistance = number == 2 ? 0.25 : null,
            Agreement = number == 1 ? By(double.NaN, 0.625) : null,
            Duration = TimeSpan.FromSeconds(0.5),
        };
    }
}
