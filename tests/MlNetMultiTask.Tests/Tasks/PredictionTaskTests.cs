using System.Globalization;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>Tasks as users write them: names, defaults, and arguments that are refused.</summary>
public sealed class PredictionTaskTests
{
    private static readonly Func<string, float, PredictionTask>[] _kinds =
    [
        (name, weight) => PredictionTask.MulticlassClassification(name, lossWeight: weight),
        (name, weight) => PredictionTask.BinaryClassification(name, lossWeight: weight),
        (name, weight) => PredictionTask.Regression(name, lossWeight: weight),
        (name, weight) => PredictionTask.MultilabelClassification(name, lossWeight: weight),
    ];

    [Fact]
    public void Columns_are_named_after_the_task()
    {
        Assert.Equal(["T.Score", "T.PredictedLabel"], PredictionTask.MulticlassClassification("T").OutputColumnNames);
        Assert.Equal(["T.Score", "T.Probability", "T.PredictedLabel"], PredictionTask.BinaryClassification("T").OutputColumnNames);
        Assert.Equal(["T.Score"], PredictionTask.Regression("T").OutputColumnNames);
        Assert.Equal(["T.Score", "T.PredictedLabel"], PredictionTask.MultilabelClassification("T").OutputColumnNames);
        Assert.All(_kinds, create => Assert.Equal("T", create("T", 1f).LabelColumnName));
        Assert.All(_kinds, create => Assert.Equal(0f, create("T", 0f).LossWeight));
    }

    [Fact]
    public void Columns_can_be_named_otherwise()
    {
        Assert.Equal(["s", "p"], PredictionTask.MulticlassClassification("T", "L", 2f, "s", "p").OutputColumnNames);
        Assert.Equal(["s", "q", "p"], PredictionTask.BinaryClassification("T", scoreColumnName: "s", probabilityColumnName: "q", predictedLabelColumnName: "p").OutputColumnNames);
        Assert.Equal(["s"], PredictionTask.Regression("T", scoreColumnName: "s").OutputColumnNames);
        Assert.Equal(["s", "p"], PredictionTask.MultilabelClassification("T", scoreColumnName: "s", predictedLabelColumnName: "p").OutputColumnNames);
    }

    [Fact]
    public void Kinds_are_those_of_ML_NET() =>
        Assert.Equal(["MulticlassClassification", "BinaryClassification", "Regression", "MultilabelClassification"], _kinds.Select(create => create("T", 1f).Kind));

    [Fact]
    public void The_text_names_kind_task_and_label()
    {
        Assert.Equal("Regression(\"T\")", PredictionTask.Regression("T").ToString());
        Assert.Equal("BinaryClassification(\"T\", label \"L\")", PredictionTask.BinaryClassification("T", "L").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    public void An_empty_name_is_refused(string? name) =>
        Assert.All(_kinds, create => Assert.Equal("name", Assert.ThrowsAny<ArgumentException>(() => create(name!, 1f)).ParamName));

    [Theory]
    [InlineData(-1f, "-1")]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_loss_weight_below_0_or_not_finite_is_refused(float weight, string shown) =>
        Assert.All(_kinds, create =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => create("T", weight));
            Assert.Equal("lossWeight", error.ParamName);
            Assert.Contains($"is {shown};", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void An_empty_column_name_is_refused_by_its_argument()
    {
        Assert.Equal("labelColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.Regression("T", "")).ParamName);
        Assert.Equal("scoreColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.Regression("T", scoreColumnName: " ")).ParamName);
        Assert.Equal("probabilityColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.BinaryClassification("T", probabilityColumnName: "")).ParamName);
        Assert.Equal("predictedLabelColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.BinaryClassification("T", predictedLabelColumnName: "")).ParamName);
        Assert.Equal("predictedLabelColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.MulticlassClassification("T", predictedLabelColumnName: "")).ParamName);
        Assert.Equal("predictedLabelColumnName", Assert.ThrowsAny<ArgumentException>(() => PredictionTask.MultilabelClassification("T", predictedLabelColumnName: "")).ParamName);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1.1f)]
    [InlineData(float.NaN)]
    public void A_threshold_that_is_no_probability_is_refused(float probability) =>
        Assert.Equal("probability", Assert.Throws<ArgumentOutOfRangeException>(() => DecisionThreshold.Fixed(probability)).ParamName);

    [Fact]
    public void A_threshold_is_a_number_with_the_ends_included_and_invariant_as_text()
    {
        DecisionThreshold converted = 0.3f;
        Assert.Equal(0.3f, converted.Value);
        Assert.Equal(0f, DecisionThreshold.Fixed(0).Value);
        Assert.Equal(1f, DecisionThreshold.Fixed(1).Value);

        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("0.3", converted.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
