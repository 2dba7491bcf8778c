using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Tests.Models;

/// <summary>The look-ahead in a history, in each of the forms in which it leaves the library.</summary>
public sealed class TaskLookAheadTests
{
    private static readonly (string Task, string Metric)[] _tasks = [("Color", "MicroAccuracy"), ("Size", "RSquared"), ("Weight", "RSquared")];
    private static readonly string[] _names = [.. _tasks.Select(task => task.Task)];

    [Fact]
    public void It_is_kept_where_it_was_sampled_and_files_without_it_are_read()
    {
        TrainingHistory history = Create();
        TrainingHistory read = HistoryJson.Read(HistoryJson.Write(history));
        TaskLookAhead affinity = read.Epochs[1].Affinity!;

        Assert.Null(read.Epochs[0].Affinity);
        Assert.Equal(_names, affinity.TaskNames);
        Assert.Equal(7, affinity.NumberOfSteps);
        Assert.Equal(0.5, affinity.GetAffinity("Color", "Color"));
        Assert.Equal(-0.25, affinity.GetAffinity("Color", "Size"));
        Assert.Equal(-1e-5, affinity.GetAffinity("Size", "Color"));
        Assert.True(double.IsNaN(affinity.GetAffinity("Color", "Weight")));
        Assert.Equal(history.ToJson(), read.ToJson());
        Assert.Equal(history.ToCsv(), read.ToCsv());
    }

    [Fact]
    public void Means_over_the_others_are_columns_of_the_data_and_of_the_CSV()
    {
        IDataView view = Create().ToDataView(new MLContext());

        Assert.Equal([double.NaN, double.NaN, double.NaN, -0.25, (0.125 - 1e-5) / 2, double.NaN], view.GetColumn<double>("AffinityToOthers"));
        Assert.Equal([double.NaN, double.NaN, double.NaN, -1e-5, -0.25, 0.125], view.GetColumn<double>("AffinityFromOthers"));
        Assert.EndsWith(",-0.25,-1E-05", Create().ToCsv().Split("\r\n")[4], StringComparison.Ordinal);
    }

    [Fact]
    public void As_text_it_is_a_line_for_each_task_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(["Color: 0.50000 -0.25000 NaN", "Size: -0.00001 1.00000 0.12500", "Weight: NaN NaN NaN"], Create().Epochs[1].Affinity!.ToString().Split(Environment.NewLine));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Shape", "Color")]
    [InlineData("Color", "color")]
    public void A_task_that_is_not_there_is_named_beside_those_that_are(string from, string to)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Create().Epochs[1].Affinity!.GetAffinity(from, to));
        Assert.Contains($"'{(from == "Color" ? to : from)}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Color', 'Size', 'Weight'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"steps\": 7", "\"steps\": 0", "steps")]
    [InlineData("\"steps\": 7", "\"steps\": \"7\"", "steps")]
    [InlineData("\"lookAhead\"", "\"others\"", "lookAhead")]
    [InlineData("0.5,", "", "lookAhead")]
    [InlineData("0.5,", "0.5, 0.5,", "lookAhead")]
    [InlineData("0.5,", "1.5,", "lookAhead")]
    [InlineData("\"affinity\": {", "\"affinity\": 5, \"others\": {", "affinity")]
    public void What_makes_no_sense_is_a_format_error_that_names_the_place(string from, string to, string place)
    {
        string json = Create().ToJson();
        int at = json.IndexOf(from, json.IndexOf("\"affinity\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at > 0);
        byte[] forged = Encoding.UTF8.GetBytes(json[..at] + to + json[(at + from.Length)..]);

        Assert.Contains(place, Assert.Throws<FormatException>(() => HistoryJson.Read(forged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_among_others_keeps_its_own()
    {
        TrainingEpoch[] members = [Create().Epochs[1], Create().Epochs[0]];
        TrainingEpoch together = TrainingEpoch.OfMembers(members, null);

        Assert.Null(together.Affinity);
        Assert.Equal(7, together.Members[0].Among(null, members).Affinity!.NumberOfSteps);
    }

    private static TrainingHistory Create()
    {
        var affinity = new TaskLookAhead(_names, 7, [0.5, -0.25, double.NaN, -1e-5, 1, 0.125, double.NaN, double.NaN, double.NaN]);
        return new TrainingHistory(_tasks, [Epoch(1, null), Epoch(2, affinity)], 2, TrainingEnd.MaximumNumberOfEpochs);
    }

    private static TrainingEpoch Epoch(int number, TaskLookAhead? affinity)
    {
        IReadOnlyDictionary<string, double> ones = _names.ToDictionary(task => task, _ => 1.0);
        return new TrainingEpoch
        {
            Number = number,
            TrainingLosses = ones,
            TrainingMetrics = ones,
            ValidationLosses = null,
            ValidationMetrics = null,
            TaskWeights = ones,
            Affinity = affinity,
            LearningRate = 0.001,
            Duration = TimeSpan.FromSeconds(0.5),
        };
    }
}
