using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Affinities as they are written and as data.</summary>
public sealed class TaskAffinityTextTests
{
    private static readonly string[] _tasks = ["A", "B|x"];

    /// <summary>Two epochs; a step for the second task was never seen beside the first.</summary>
    private static readonly TaskAffinity _affinity = TaskAffinity.Create(_tasks, [Epoch([0.01, -0.00002, double.NaN, 0.5]), Epoch([0.03, -0.00002, double.NaN, double.NaN])], 2, [[1, 0.25, 0.25, 1], [1, 0.75, 0.75, double.NaN]], "Something.");

    [Fact]
    public void The_console_gets_a_table_for_each_figure()
    {
        string[] expected =
        [
            "What a step for a task does to each (% of its loss that is gone, mean ± deviation over 2 epochs of 2 seeds)",
            "A step for              A             B|x",
            "A           2.000 ± 1.414  -0.002 ± 0.000",
            "B|x                     -          50.000",
            "",
            "Cosines of the tasks' gradients (mean ± deviation over 2 epochs of 2 seeds)",
            "Task               A             B|x",
            "A      1.000 ± 0.000  -0.500 ± 0.000",
            "B|x   -0.500 ± 0.000   1.000 ± 0.000",
            "",
            "Similarity of the last shared layers of networks for one task each (linear CKA)",
            "Network for      A    B|x",
            "A            1.000  0.500",
            "B|x          0.500  1.000",
            "",
            "Similarity: Something.",
        ];

        Assert.Equal(expected, _affinity.ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void Markdown_escapes_names()
    {
        string[] lines = _affinity.ToMarkdown().ReplaceLineEndings("\n").Split('\n');

        Assert.Contains("| A step for | A | B\\|x |", lines);
        Assert.Contains("| A | 2.000 ± 1.414 | -0.002 ± 0.000 |", lines);
        Assert.Contains("| Network for | A | B\\|x |", lines);
        Assert.Equal("Similarity: Something.", lines[^1]);
    }

    [Fact]
    public void Texts_are_the_same_in_every_culture()
    {
        (string, string) usual = (_affinity.ToString(), _affinity.ToMarkdown());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(usual, (_affinity.ToString(), _affinity.ToMarkdown()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void As_data_it_has_a_row_for_each_ordered_pair()
    {
        IDataView view = _affinity.ToDataView(new MLContext());

        Assert.Equal(["From", "To", "LookAhead", "LookAheadDeviation", "GradientCosine", "GradientCosineDeviation", "Similarity", "EpochCount"], view.Schema.Select(column => column.Name));
        Assert.Equal(["A", "A", "B|x", "B|x"], view.GetColumn<string>("From"));
        Assert.Equal(["A", "B|x", "A", "B|x"], view.GetColumn<string>("To"));
        Assert.Equal([0.02, -0.00002, double.NaN, 0.5], view.GetColumn<double>("LookAhead"));
        Assert.Equal([1, -0.5, -0.5, 1], view.GetColumn<double>("GradientCosine"));
        Assert.Equal([1, 0.5, 0.5, 1], view.GetColumn<double>("Similarity"));
        Assert.Equal([2, 2, 0, 1], view.GetColumn<int>("EpochCount"));
    }

    [Fact]
    public void A_task_that_is_not_there_is_named_beside_those_that_are() =>
        Assert.All<Func<string, string, double>>([_affinity.GetLookAhead, _affinity.GetLookAheadDeviation, _affinity.GetGradientCosine, _affinity.GetGradientCosineDeviation, _affinity.GetSimilarity], get =>
        {
            string message = Assert.Throws<ArgumentException>(() => get("A", "b")).Message;
            Assert.Contains("'b'", message, StringComparison.Ordinal);
            Assert.Contains("'A', 'B|x'", message, StringComparison.Ordinal);
        });

    private static TrainingEpoch Epoch(double[] affinities)
    {
        IReadOnlyDictionary<string, double> none = _tasks.ToDictionary(task => task, _ => 0.0);
        return new TrainingEpoch
        {
            Number = 1,
            TrainingLosses = none,
            TrainingMetrics = none,
            ValidationLosses = null,
            ValidationMetrics = null,
            TaskWeights = none,
            Gradients = new TaskGradients(_tasks, 3, [1, 1], [1, -0.5, -0.5, 1], [0, 1, 1, 0]),
            Affinity = new TaskLookAhead(_tasks, 3, affinities),
            LearningRate = 0.1,
            Duration = TimeSpan.Zero,
        };
    }
}
