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

        Assert.Equal(["Epoch", "Task", "TrainingLoss", "ValidationLoss", "MetricName", "TrainingMetric", "ValidationMetric", "TaskWeight", "LearningRate", "Seconds", "ParameterDistance", "Agreement", "GradientNorm"], view.Schema.Select(column => column.Name));
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

            Assert.Equal("Epoch,Task,TrainingLoss,ValidationLoss,MetricName,TrainingMetric,ValidationMetric,TaskWeight,LearningRate,Seconds,ParameterDistance,Agreement,GradientNorm", lines[0]);
            Assert.Equal("1,Color,1.5,2.5,MicroAccuracy,0.75,0.5,1,0.001,0.5,,,", lines[1]);
            Assert.Equal("1,\"'=HYPERLINK(\"\"http://x\"\"), a\",0.1,,RSquared,0.9,,0,0.001,0.5,,0.625,", lines[2]);
            Assert.Equal("2,Color,1.25,2.25,MicroAccuracy,0.75,0.5,1,0.001,0.5,0.25,,", lines[3]);
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

    private static TrainingEpoch Epoch(int number, string[] tasks, bool validation)
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
            LearningRate = 0.001,
            ParameterDistance = number == 2 ? 0.25 : null,
            Agreement = number == 1 ? By(double.NaN, 0.625) : null,
            Duration = TimeSpan.FromSeconds(0.5),
        };
    }
}
