using MlNetMultiTask.Data;

namespace MlNetMultiTask.Tests.Data;

public sealed class FeatureScalesTests
{
    [Fact]
    public void Features_far_from_zero_are_named_with_the_remedy()
    {
        string? problem = FeatureScales.FindProblem(Rows(row => [row % 3, 200 + (row % 20)]));

        Assert.NotNull(problem);
        Assert.Contains("1 of 2 features", problem, StringComparison.Ordinal);
        Assert.Contains("slot 1 is 209.5", problem, StringComparison.Ordinal);
        Assert.Contains("fixZero: false", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_scaled_by_their_maximum_alone_are_named_too() =>
        Assert.Contains("slot 0", FeatureScales.FindProblem(Rows(row => [(180f + (row % 40)) / 230f])), StringComparison.Ordinal);

    [Fact]
    public void Features_spread_widely_are_named() =>
        Assert.Contains("slot 0", FeatureScales.FindProblem(Rows(row => [((row % 21) - 10) * 1000f])), StringComparison.Ordinal);

    [Fact]
    public void Standardised_two_valued_and_constant_features_are_left_in_peace() =>
        Assert.Null(FeatureScales.FindProblem(Rows(row => [(row % 11) - 5, row % 200 == 0 ? 0 : 1, 7])));

    private static TabularData Rows(Func<int, float[]> features)
    {
        float[][] rows = [.. Enumerable.Range(0, 400).Select(features)];
        return new TabularData
        {
            RowCount = rows.Length,
            FeatureCount = rows[0].Length,
            Features = [.. rows.SelectMany(row => row)],
            Labels = [],
            LabelWidths = [],
        };
    }
}
