using Microsoft.ML;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Numbers, vectors of numbers and sets of labels: as what they are compared.</summary>
public sealed class TaskAnalysisNumbersTests
{
    [Fact]
    public void Numbers_that_follow_one_another_are_correlated_and_redundant()
    {
        LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => new LabelledRow { X = i, Y = 5 - (2 * i) })];
        TaskAnalysis analysis = LabelledRow.Analyze(rows, null, "X", "Y");

        Assert.Equal((-1.0, -1.0), (analysis["X", "Y"].Pearson, analysis["Y", "X"].Spearman));
        Assert.Equal(double.NaN, analysis["X", "Y"].CorrelationRatio);
        Assert.All(analysis.Labels, label => Assert.Equal((LabelBasis.Bins, 100, 10), (label.Basis, label.DistinctCount, label.ComparedCount)));
        Assert.All(analysis.Labels, label => Assert.Equal(Math.Log2(10), label.Entropy, 1e-12));
        Assert.Equal(TaskWarningKind.Redundant, Assert.Single(analysis.Warnings).Kind);
    }

    [Fact]
    public void Ranks_show_what_rises_together_in_a_curve()
    {
        TaskRelation relation = LabelledRow.Analyze(Enumerable.Range(0, 100).Select(i => new LabelledRow { X = i, Y = MathF.Exp(i / 10f) }), null, "X", "Y")["X", "Y"];

        Assert.Equal(1, relation.Spearman, 1e-12);
        Assert.InRange(relation.Pearson, 0.5, 0.9);
    }

    /// <summary>1, 2, 3 against 4, 5, 6: 13.5 of 17.5 lie between the classes.</summary>
    [Fact]
    public void The_correlation_ratio_is_the_share_of_variance_between_classes()
    {
        TaskAnalysis analysis = LabelledRow.Analyze([.. Enumerable.Range(1, 6).Select(i => new LabelledRow { X = i, A = i > 3 ? 1u : 0u }), new() { X = 99 }, new() { A = 5 }], null, "X", "A");

        Assert.Equal(13.5 / 17.5, analysis["X", "A"].CorrelationRatio, 1e-12);
        Assert.Equal(13.5 / 17.5, analysis["A", "X"].CorrelationRatio, 1e-12);
        Assert.Equal(double.NaN, analysis["A", "X"].Pearson);
    }

    [Fact]
    public void Ranks_of_one_value_are_shared() => Assert.Equal([0.5, 3, 0.5, 2, 4], Correlation.GetRanks([1, 3, 1, 2, 8]));

    [Theory]
    [InlineData(7, LabelBasis.Values, 7)] // no more values than bins
    [InlineData(50, LabelBasis.Values, 50)] // twenty rows have each
    [InlineData(1000, LabelBasis.Bins, 10)]
    public void A_number_is_compared_as_its_values_where_these_repeat(int distinct, LabelBasis basis, int compared)
    {
        LabelSummary label = LabelledRow.Analyze(Enumerable.Range(0, 1000).Select(i => new LabelledRow { X = i % distinct }), null, "X").Labels[0];

        Assert.Equal((basis, distinct, compared), (label.Basis, label.DistinctCount, label.ComparedCount));
    }

    [Fact]
    public void Numbers_that_repeat_determine_as_exact_values()
    {
        // A price for each of 20 classes, and a threshold of it.
        TaskAnalysis analysis = LabelledRow.Analyze(Enumerable.Range(0, 400).Select(i => new LabelledRow { A = (uint)(i % 20), X = MathF.Sqrt(i % 20), Yes = i % 20 > 13 ? 1 : 0 }), null, "A", "X", "Yes");

        Assert.True(analysis["A", "X"].IsBijective);
        Assert.Equal((true, false, true), (analysis["X", "Yes"].IsFunction, analysis["X", "Yes"].IsInjective, analysis["X", "Yes"].IsSurjective));
        Assert.Equal([TaskWarningKind.Redundant, TaskWarningKind.Determines, TaskWarningKind.Determines], analysis.Warnings.Select(warning => warning.Kind));
    }

    [Fact]
    public void Rows_of_one_value_stay_in_one_bin()
    {
        LabelledRow[] rows = [.. Enumerable.Range(0, 900).Select(_ => new LabelledRow { X = 0 }), .. Enumerable.Range(1, 100).Select(i => new LabelledRow { X = i })];

        LabelSummary label = LabelledRow.Analyze(rows, null, "X").Labels[0];

        Assert.Equal((LabelBasis.Bins, 101, 2), (label.Basis, label.DistinctCount, label.ComparedCount));
        Assert.Equal(-(0.9 * Math.Log2(0.9)) - (0.1 * Math.Log2(0.1)), label.Entropy, 1e-12);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1 }, 3, new[] { 0, 0, 1, 1, 2, 2 })]
    [InlineData(new[] { 1, 1, 1, 1 }, 10, new[] { 0, 1, 2, 3 })]
    [InlineData(new[] { 8, 1, 1 }, 2, new[] { 0, 1, 1 })]
    [InlineData(new[] { 5 }, 10, new[] { 0 })]
    public void Bins_hold_about_as_many_rows_each(int[] counts, int bins, int[] expected) => Assert.Equal(expected, LabelCoding.GetBins(counts, bins));

    [Fact]
    public void Options_decide_the_number_of_bins()
    {
        LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => new LabelledRow { X = i })];

        Assert.Equal(4, LabelledRow.Analyze(rows, new TaskAnalysisOptions { NumberOfBins = 4 }, "X").Labels[0].ComparedCount);
        Assert.Equal(2, LabelledRow.Analyze(rows, new TaskAnalysisOptions { MinimumRowsPerValue = 40 }, "X").Labels[0].ComparedCount);
        Assert.Equal(100, LabelledRow.Analyze(rows, new TaskAnalysisOptions { MinimumRowsPerValue = 1 }, "X").Labels[0].ComparedCount);
    }

    [Fact]
    public void Sets_that_repeat_are_one_value()
    {
        // One class for each of four sets.
        TaskAnalysis analysis = LabelledRow.Analyze(Enumerable.Range(0, 80).Select(i => new LabelledRow { A = (uint)(i % 4), Tags = [i % 2, i % 4 / 2, 1] }), null, "A", "Tags");

        LabelSummary tags = analysis.Labels[1];
        Assert.Equal(("Tags", null, LabelBasis.Sets, 4), (tags.Name, tags.SlotName, tags.Basis, tags.DistinctCount));
        Assert.True(analysis["Tags", "A"].IsBijective);
    }

    [Fact]
    public void Sets_known_in_part_are_compared_slot_by_slot()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(
            Enumerable.Range(0, 80).Select(i => new LabelledRow { A = (uint)(i % 4), Tags = [i % 2, i % 4 / 2, i == 5 ? float.NaN : 1] }),
            null,
            "A",
            "Tags");

        Assert.Equal(["A", "Tags[0]", "Tags[1]", "Tags[2]"], analysis.Labels.Select(label => label.Name));
        Assert.Equal([80, 80, 80, 79], analysis.Labels.Select(label => (int)label.LabelledRowCount));
        Assert.True(analysis["A", "Tags[1]"].IsFunction);
        Assert.Throws<ArgumentException>(() => analysis["Tags[0]", "Tags[1]"]);
    }

    [Fact]
    public void Of_many_slots_those_with_the_most_information_are_compared()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(
            Enumerable.Range(0, 80).Select(i => new LabelledRow { Tags = [i == 0 ? 1 : 0, i % 2, i == 5 ? float.NaN : i % 3 == 0 ? 1 : 0] }),
            new TaskAnalysisOptions { MaximumNumberOfSlots = 2 },
            "Tags");

        Assert.Equal(["Tags[1]", "Tags[2]"], analysis.Labels.Select(label => label.Name));
        Assert.Equal(TaskWarningKind.SlotsLeftOut, Assert.Single(analysis.Warnings).Kind);
    }

    [Fact]
    public void Vectors_of_numbers_are_compared_slot_by_slot_with_their_names()
    {
        var ml = new MLContext(seed: 1);
        TaskAnalysis analysis = ml.MultiTask.AnalyzeTasks(TestData.View(ml), LabelledRow.Tasks("Sizes").Append(PredictionTask.Regression("NamedSizes")).Append(PredictionTask.Regression("Size")).ToArray());

        Assert.Equal(["Sizes[0]", "Sizes[1]", "NamedSizes[Size]", "NamedSizes[Weight]", "Size"], analysis.Labels.Select(label => label.Name));
        Assert.Equal(("NamedSizes", "Weight"), (analysis.Labels[3].TaskName, analysis.Labels[3].SlotName));
        Assert.Equal(1, analysis["NamedSizes[Size]", "Size"].Pearson, 1e-9);
    }
}
