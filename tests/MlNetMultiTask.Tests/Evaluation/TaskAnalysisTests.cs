using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>How labels map onto one another, against what is known by construction or by hand.</summary>
public sealed class TaskAnalysisTests
{
    private static readonly int[] _forty = [.. Enumerable.Range(0, 40)];

    [Fact]
    public void Four_classes_in_two_groups_are_a_function_that_is_surjective_and_not_injective()
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses(_forty.Select(i => (i % 4, i % 4 / 2)));
        TaskRelation forth = analysis["A", "B"];
        TaskRelation back = analysis["B", "A"];

        Assert.Equal((true, false, true, false), (forth.IsFunction, forth.IsInjective, forth.IsSurjective, forth.IsBijective));
        Assert.Equal((0.0, 0.5, 0.0), (forth.FunctionExceptions, forth.InjectionExceptions, forth.SurjectionExceptions));
        Assert.Equal((0.0, 1.0), (forth.ConditionalEntropy, forth.ExplainedShare));
        Assert.Equal((false, false, false, false), (back.IsFunction, back.IsInjective, back.IsSurjective, back.IsBijective));
        Assert.Equal((0.5, 0.0), (back.FunctionExceptions, back.InjectionExceptions));
        Assert.Equal((1.0, 0.5), (back.ConditionalEntropy, back.ExplainedShare));
        Assert.All([forth, back], relation => Assert.Equal(1.0, relation.MutualInformation, 1e-12));
        Assert.All([forth, back], relation => Assert.Equal(2.0 / 3, relation.NormalizedMutualInformation, 1e-12));
        Assert.True(forth.IsFound);
        TaskWarning warning = Assert.Single(analysis.Warnings);
        Assert.Equal(TaskWarningKind.Determines, warning.Kind);
        Assert.Equal(["A", "B"], warning.Names);
    }

    [Fact]
    public void Other_names_for_the_same_classes_are_bijective_and_redundant()
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses(_forty.Select(i => (i % 4, (i + 1) % 4)));

        Assert.All(analysis.Relations, relation => Assert.True(relation.IsBijective));
        Assert.All(analysis.Relations, relation => Assert.Equal(1.0, relation.NormalizedMutualInformation));
        Assert.Equal(TaskWarningKind.Redundant, Assert.Single(analysis.Warnings).Kind);
    }

    /// <summary>The label 5 of B occurs where A is missing, and so is never reached.</summary>
    [Fact]
    public void Surjective_is_said_of_all_labels_that_occur_in_the_data()
    {
        TaskRelation relation = LabelledRow.AnalyzeClasses([.. _forty.Select(i => (i % 4, i % 4)), .. Enumerable.Repeat((-1, 5), 10)])["A", "B"];

        Assert.Equal((true, true, false, false), (relation.IsFunction, relation.IsInjective, relation.IsSurjective, relation.IsBijective));
        Assert.Equal(10 / 50.0, relation.SurjectionExceptions);
        Assert.Equal((40, 40 / 50.0), (relation.RowCount, relation.Overlap));
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.024, false)]
    [InlineData(0.026, true)]
    public void Exceptions_are_allowed_up_to_the_share_that_options_give(double allowed, bool isFunction)
    {
        TaskRelation relation = LabelledRow.AnalyzeClasses(
            _forty.Select(i => (i % 4, i == 0 ? 1 : i % 4 / 2)),
            new TaskAnalysisOptions { MaximumShareOfExceptions = allowed })["A", "B"];

        Assert.Equal(1 / 40.0, relation.FunctionExceptions, 1e-12);
        Assert.Equal(isFunction, relation.IsFunction);
        Assert.True(relation.ConditionalEntropy > 0);
    }

    /// <summary>A constant is a function of anything, and an identifier determines everything: neither tells anything.</summary>
    [Fact]
    public void What_is_trivially_a_function_is_neither_found_nor_warned_of()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(
            Enumerable.Range(0, 20).Select(i => new LabelledRow { A = (uint)i, B = (uint)(i % 2), C = 7 }),
            new TaskAnalysisOptions { MinimumNumberOfRows = 0 },
            "A",
            "B",
            "C");

        Assert.True(analysis["A", "B"].IsFunction);
        Assert.Equal(1, analysis["A", "B"].PValue);
        Assert.True(analysis["B", "C"].IsFunction);
        Assert.Equal(double.NaN, analysis["B", "C"].PValue);
        Assert.Equal(0, analysis["B", "C"].NormalizedMutualInformation);
        Assert.Equal(double.NaN, analysis["B", "C"].ExplainedShare);
        Assert.DoesNotContain(analysis.Relations, relation => relation.IsFound);
        Assert.Equal([TaskWarningKind.Constant], analysis.Warnings.Select(warning => warning.Kind));
    }

    [Fact]
    public void A_summary_has_rows_labels_and_entropy()
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses([(3, -1), (3, 0), (9, 0), (9, -1), (-1, 0), (-1, -1)]);

        Assert.Equal((6, 4, 2, LabelBasis.Classes), (analysis.Labels[0].RowCount, analysis.Labels[0].LabelledRowCount, analysis.Labels[0].DistinctCount, analysis.Labels[0].Basis));
        Assert.Equal(1, analysis.Labels[0].Entropy);
        Assert.Equal((3, 1, 0.0), (analysis.Labels[1].LabelledRowCount, analysis.Labels[1].DistinctCount, analysis.Labels[1].Entropy));
    }

    [Fact]
    public void Missing_patterns_are_counted_the_most_frequent_first()
    {
        LabelledRow[] rows =
        [
            new() { A = 1, B = 1 }, new() { A = 2, B = 1 }, new() { A = 1, B = 2 },
            new() { B = 1 }, new() { B = 1 },
            new(),
            new() { A = 1, B = 1, Tags = [float.NaN, 1, float.NaN] },
        ];
        TaskAnalysis analysis = LabelledRow.Analyze(rows, null, "A", "B", "Tags");

        Assert.Equal([(3, "A B"), (2, "B"), (1, "A B Tags"), (1, "")], analysis.MissingPatterns.Select(pattern => ((int)pattern.RowCount, string.Join(' ', pattern.LabelledTasks))));
        Assert.Equal(3 / 7.0, analysis.MissingPatterns[0].Share);
        TaskAnalysis two = LabelledRow.Analyze(rows, new TaskAnalysisOptions { MaximumNumberOfPatterns = 2 }, "A", "B", "Tags");
        Assert.Equal((2, 4), (two.MissingPatterns.Count, two.MissingPatternCount));
    }

    [Fact]
    public void Pairs_without_overlap_have_no_figures_and_a_warning()
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses(_forty.Select(i => i % 2 == 0 ? (i % 4, -1) : (-1, i % 3)), new TaskAnalysisOptions { MinimumNumberOfRows = 20 });
        TaskRelation relation = analysis["A", "B"];

        Assert.Equal((0, 0.0, false), (relation.RowCount, relation.Overlap, relation.IsFunction));
        Assert.All([relation.FunctionExceptions, relation.SurjectionExceptions, relation.NormalizedMutualInformation, relation.ConditionalEntropy, relation.PValue], figure => Assert.Equal(double.NaN, figure));
        TaskWarning warning = Assert.Single(analysis.Warnings);
        Assert.Equal((TaskWarningKind.NoOverlap, "A B"), (warning.Kind, string.Join(' ', warning.Names)));
    }

    [Fact]
    public void Too_few_rows_of_a_task_or_of_a_pair_have_a_warning()
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses([.. _forty.Select(i => (i % 3, -1)), (0, 0), (1, 1), .. _forty.Select(i => (-1, i % 3))]);

        TaskWarning warning = Assert.Single(analysis.Warnings);
        Assert.Equal((TaskWarningKind.TooFewRows, "A B"), (warning.Kind, string.Join(' ', warning.Names)));
        Assert.Equal(
            ["A", "B", "A B"],
            LabelledRow.AnalyzeClasses([(0, 0), (1, 1)]).Warnings.Where(few => few.Kind == TaskWarningKind.TooFewRows).Select(few => string.Join(' ', few.Names)));
    }

    [Fact]
    public void Permutations_that_can_find_nothing_have_a_warning()
    {
        LabelledRow[] rows = [.. _forty.Select(i => new LabelledRow { A = (uint)(i % 4), B = (uint)(i % 5), C = (uint)(i % 2) })];

        Assert.Contains(LabelledRow.Analyze(rows, new TaskAnalysisOptions { NumberOfPermutations = 150 }, "A", "B", "C").Warnings, warning => warning.Kind == TaskWarningKind.TooFewPermutations);
        Assert.DoesNotContain(LabelledRow.Analyze(rows, new TaskAnalysisOptions { NumberOfPermutations = 299 }, "A", "B", "C").Warnings, warning => warning.Kind == TaskWarningKind.TooFewPermutations);
    }

    /// <summary>A label for each pair of types: the same thing, written in another way.</summary>
    [Theory]
    [InlineData("Color", "Grade")]
    [InlineData("Color", "Day")]
    [InlineData("Grade", "Plain")]
    [InlineData("Big", "BigNumber")]
    [InlineData("BigNumber", "Sex")]
    [InlineData("Tags", "TagNumbers")]
    [InlineData("TagNumbers", "TagNames")]
    public void Each_type_of_label_is_read(string from, string to)
    {
        var ml = new MLContext(seed: 1);
        PredictionTask Find(string column) => TestData.TasksByLabelType.Values.Single(task => task.LabelColumnName == column);

        TaskRelation relation = ml.MultiTask.AnalyzeTasks(TestData.View(ml, count: 120), [Find(from), Find(to)])[from, to];

        Assert.True(relation.IsBijective && relation.IsFound, relation.ToString());
        Assert.Equal(120, relation.RowCount);
    }

    [Fact]
    public void Only_labels_are_read_and_once()
    {
        var ml = new MLContext(seed: 1);
        var view = new WatchedView(TestData.View(ml));

        TaskAnalysis analysis = ml.MultiTask.AnalyzeTasks(view, [.. TestData.Tasks(), PredictionTask.Regression("Again", labelColumnName: "Size")]);

        Assert.Equal(["Color", "Big", "Size", "Tags"], Assert.Single(view.Requests));
        Assert.True(analysis["Size", "Again"].IsBijective);
        Assert.Equal(60, analysis.RowCount);
    }

    [Fact]
    public void The_seed_decides_the_permutations()
    {
        LabelledRow[] rows = [.. _forty.Select(i => new LabelledRow { A = (uint)(i * i % 7), B = (uint)(i % 5) })];
        double Run(int? seed) => LabelledRow.Analyze(rows, new TaskAnalysisOptions { Seed = seed }, "A", "B")["A", "B"].ChanceInformation;

        Assert.Equal(Run(7), Run(7));
        Assert.Equal(Run(null), Run(null));
        Assert.NotEqual(Run(7), Run(8));
    }
}
