using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Groupings as they are written and as data.</summary>
public sealed class TaskGroupingTextTests
{
    private static readonly double[,] _affinity =
    {
        { 0, 0.0452, -0.0201 },
        { 0.0311, 0, -0.0103 },
        { -0.0003, -0.0124, 0 },
    };

    [Fact]
    public void The_console_gets_aligned_tables()
    {
        string[] expected =
        [
            "3 tasks in 2 networks, predicted effect 7.6300 % of a loss in a step",
            "Task   Network  Effect, %  All in one",
            "Price        1     3.1100      1.5400",
            "Rooms        1     4.5200      1.6400",
            "Year         2     0.0000     -1.5200",
            "",
            "The best partitions",
            "Networks  Effect, %  Groups",
            "       1     1.6600  [Price, Rooms, Year]",
            "       2     7.6300  [Price, Rooms], [Year]",
            "       3     0.0000  [Price], [Rooms], [Year]",
        ];

        Assert.Equal(expected, Find("Price", "Rooms", "Year").ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void Texts_are_the_same_in_every_culture_and_names_are_escaped()
    {
        TaskGrouping grouping = Find("<b>", "a|b", "new\nline");
        (string, string) usual = (grouping.ToString(), grouping.ToMarkdown());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(usual, (grouping.ToString(), grouping.ToMarkdown()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        string[] lines = usual.Item2.ReplaceLineEndings("\n").Split('\n');
        Assert.Equal("**3 tasks in 2 networks, predicted effect 7.6300 % of a loss in a step**", lines[0]);
        Assert.Equal(["| Task | Network | Effect, % | All in one |", "| --- | ---: | ---: | ---: |", "| &lt;b\\> | 1 | 3.1100 | 1.5400 |", "| a\\|b | 1 | 4.5200 | 1.6400 |", "| new line | 2 | 0.0000 | -1.5200 |"], lines[2..7]);
        Assert.Contains(lines, line => line == "| 2 | 7.6300 | \\[&lt;b\\>, a\\|b\\], \\[new line\\] |");
        Assert.DoesNotContain("new\nline", usual.Item1, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_not_all_were_compared_it_says_so() =>
        Assert.Contains("The best partitions that were found", TaskGrouper.Find(Affinities.Names(9), Affinities.Draw(9, 1), 2).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Other_measures_are_called_what_they_are()
    {
        string cosines = TaskGrouper.Find(["A", "B"], new[,] { { 0, 0.5 }, { 0.5, 0 } }, 1, measure: TaskAffinityMeasure.GradientCosine).ToString();
        string similarities = TaskGrouper.Find(["A", "B"], new[,] { { 0, 0.5 }, { 0.5, 0 } }, 1, measure: TaskAffinityMeasure.Similarity).ToString();

        Assert.StartsWith("2 tasks in 1 network, sum of mean cosines 1.0000", cosines, StringComparison.Ordinal);
        Assert.StartsWith("2 tasks in 1 network, sum of mean similarities 1.0000", similarities, StringComparison.Ordinal);
        Assert.DoesNotContain("%", cosines + similarities, StringComparison.Ordinal);
    }

    [Fact]
    public void As_data_there_is_a_row_for_each_task()
    {
        TaskGrouping grouping = Find("Price", "Rooms", "Year");
        IDataView view = grouping.ToDataView(new MLContext(1));

        Assert.Equal(["Task", "Network", "PredictedEffect", "AllInOneEffect", "MeasuredImprovement", "AllInOneImprovement", "ImprovementOnAllInOne"], view.Schema.Select(column => column.Name));
        Assert.Equal(["Price", "Rooms", "Year"], view.GetColumn<string>("Task"));
        Assert.Equal([1, 1, 2], view.GetColumn<int>("Network"));
        Assert.Equal(grouping.PredictedEffects.Values, view.GetColumn<double>("PredictedEffect"));
        Assert.Equal(grouping.AllInOne.PredictedEffects.Values, view.GetColumn<double>("AllInOneEffect"));
    }

    private static TaskGrouping Find(params string[] names) => TaskGrouper.Find(names, _affinity, 2);
}
