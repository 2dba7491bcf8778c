using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What analyses of tasks say to wrong input.</summary>
public sealed class TaskAnalysisMistakesTests
{
    private static readonly LabelledRow[] _rows = [new() { A = 1, X = 2 }, new() { A = 2, X = 3 }];

    private readonly MLContext _ml = new(1);

    public static TheoryData<TaskAnalysisOptions, string> WrongOptions => new()
    {
        { new TaskAnalysisOptions { MaximumShareOfExceptions = -0.1 }, nameof(TaskAnalysisOptions.MaximumShareOfExceptions) },
        { new TaskAnalysisOptions { MaximumShareOfExceptions = 1 }, nameof(TaskAnalysisOptions.MaximumShareOfExceptions) },
        { new TaskAnalysisOptions { MaximumShareOfExceptions = double.NaN }, nameof(TaskAnalysisOptions.MaximumShareOfExceptions) },
        { new TaskAnalysisOptions { NumberOfBins = 1 }, nameof(TaskAnalysisOptions.NumberOfBins) },
        { new TaskAnalysisOptions { MinimumRowsPerValue = 0 }, nameof(TaskAnalysisOptions.MinimumRowsPerValue) },
        { new TaskAnalysisOptions { MaximumNumberOfSlots = 0 }, nameof(TaskAnalysisOptions.MaximumNumberOfSlots) },
        { new TaskAnalysisOptions { NumberOfPermutations = 0 }, nameof(TaskAnalysisOptions.NumberOfPermutations) },
        { new TaskAnalysisOptions { NumberOfPermutations = 98 }, nameof(TaskAnalysisOptions.NumberOfPermutations) },
        { new TaskAnalysisOptions { SignificanceLevel = 0 }, nameof(TaskAnalysisOptions.SignificanceLevel) },
        { new TaskAnalysisOptions { SignificanceLevel = double.NaN }, nameof(TaskAnalysisOptions.SignificanceLevel) },
        { new TaskAnalysisOptions { MinimumNumberOfRows = -1 }, nameof(TaskAnalysisOptions.MinimumNumberOfRows) },
        { new TaskAnalysisOptions { MaximumNumberOfPatterns = 0 }, nameof(TaskAnalysisOptions.MaximumNumberOfPatterns) },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void A_wrong_option_is_named(TaskAnalysisOptions options, string name)
    {
        var error = Assert.Throws<ArgumentException>(() => LabelledRow.Analyze(_rows, options, "A", "X"));

        Assert.Equal(name, error.ParamName);
        Assert.Contains($"Option {name} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_valid_by_default() => new TaskAnalysisOptions().Validate();

    [Fact]
    public void Tasks_are_needed_each_with_its_own_name()
    {
        Assert.Equal("tasks", Assert.Throws<ArgumentException>(() => LabelledRow.Analyze(_rows, null)).ParamName);
        Assert.Contains("'A'", Assert.Throws<ArgumentException>(() => LabelledRow.Analyze(_rows, null, "A", "X", "A")).Message, StringComparison.Ordinal);
        Assert.Equal("tasks", Assert.Throws<ArgumentException>(() => _ml.MultiTask.AnalyzeTasks(TestData.View(_ml), [null!])).ParamName);
        Assert.Equal("tasks", Assert.Throws<ArgumentNullException>(() => _ml.MultiTask.AnalyzeTasks(TestData.View(_ml), null!)).ParamName);
        Assert.Equal("data", Assert.Throws<ArgumentNullException>(() => _ml.MultiTask.AnalyzeTasks(null!, LabelledRow.Tasks("A"))).ParamName);
    }

    [Fact]
    public void Rows_are_needed()
    {
        // A view with a schema and without rows.
        IDataView none = _ml.Data.LoadFromEnumerable(Array.Empty<LabelledRow>());

        Assert.Contains("no rows", Assert.Throws<ArgumentException>(() => _ml.MultiTask.AnalyzeTasks(none, LabelledRow.Tasks("A"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_missing_or_of_a_wrong_type_is_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(_rows);

        Assert.Contains("'Nothing'", Assert.Throws<ArgumentException>(() => _ml.MultiTask.AnalyzeTasks(data, [PredictionTask.Regression("Nothing")])).Message, StringComparison.Ordinal);
        Assert.Contains("MapValueToKey(\"X\")", Assert.Throws<ArgumentException>(() => _ml.MultiTask.AnalyzeTasks(data, [PredictionTask.MulticlassClassification("X")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_labels_are_counted_and_named()
    {
        var infinite = Assert.Throws<ArgumentException>(() => LabelledRow.Analyze([.. _rows, new() { X = float.PositiveInfinity }], null, "A", "X"));
        var half = Assert.Throws<ArgumentException>(() => LabelledRow.Analyze([.. _rows, new() { Yes = 0.5f }, new() { Yes = 2 }], null, "Yes"));

        Assert.Contains("'X'", infinite.Message, StringComparison.Ordinal);
        Assert.Contains("row 2", infinite.Message, StringComparison.Ordinal);
        Assert.Contains("2 places, first 0.5 in row 2", half.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_analysis_ends()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => LabelledRow.Analyze(_rows, new TaskAnalysisOptions { CancellationToken = source.Token }, "A", "X"));
    }

    [Fact]
    public void A_task_without_any_label_is_told_and_hurts_no_other()
    {
        TaskAnalysis analysis = LabelledRow.Analyze([.. _rows, .. _rows], new TaskAnalysisOptions { MinimumNumberOfRows = 1 }, "A", "X", "Tags", "Y", "C");

        Assert.Equal(["Tags", "Y", "C"], analysis.Warnings.Where(warning => warning.Kind == TaskWarningKind.TooFewRows).Select(warning => warning.Names.Single()));
        Assert.True(analysis["A", "X"].IsBijective);
        Assert.Equal((0, double.NaN), (analysis["Y", "C"].RowCount, analysis["Y", "C"].Overlap));
        Assert.NotEmpty(analysis.ToString());
    }

    [Fact]
    public void A_single_task_has_no_relations()
    {
        TaskAnalysis analysis = LabelledRow.Analyze(_rows, null, "A");

        Assert.Empty(analysis.Relations);
        Assert.Equal(2, Assert.Single(analysis.Labels).DistinctCount);
    }
}
