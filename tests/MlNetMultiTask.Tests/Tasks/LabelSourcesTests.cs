using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>The columns of which the keys of labels were made.</summary>
public sealed class LabelSourcesTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData("Color")]
    [InlineData("Grade")]
    [InlineData("Day")]
    public void A_column_that_has_the_keys_values_is_found(string source) => Assert.Equal(source, Find(Map(source, TestData.Rows())));

    [Theory]
    [InlineData("Color")]
    [InlineData("Day")]
    public void In_place_it_is_the_hidden_one(string name)
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey(name).Fit(TestData.Raw(_ml)).Transform(TestData.Raw(_ml));
        DataViewSchema.Column found = LabelSources.Find(data, [PredictionTask.MulticlassClassification(name)]).Find(data.Schema, data.Schema[name])!.Value;

        Assert.True(found.IsHidden);
        Assert.Equal(name, found.Name);
    }

    [Fact]
    public void A_column_that_once_has_another_value_is_none()
    {
        Example[] rows = TestData.Rows();
        Array.ForEach(rows, row => row.Note = row.Color);
        Assert.Equal("Note", Find(WithoutColor(Map("Color", rows))));

        rows[59].Note = "another";
        Assert.Equal("Color", Find(Map("Color", rows)));
        Assert.Null(Find(WithoutColor(Map("Color", rows))));
    }

    [Fact]
    public void Where_a_label_was_taken_away_its_old_column_is_none()
    {
        // The key of a known value is missing: somebody wanted it so.
        IDataView data = new FewerLabels(Map("Color", TestData.Rows()), Tasks[0], row => row != 5);

        Assert.Null(Find(data));
    }

    [Fact]
    public void Without_a_row_that_tells_none_is_taken()
    {
        ITransformer mapping = _ml.Transforms.Conversion.MapValueToKey("Key", "Color").Fit(TestData.Raw(_ml));
        Example[] rows = TestData.Rows(3);
        Array.ForEach(rows, row => row.Color = "violet");
        IDataView data = mapping.Transform(_ml.Data.LoadFromEnumerable(rows));

        Assert.Null(Find(data));
    }

    private static PredictionTask[] Tasks => [PredictionTask.MulticlassClassification("Key")];

    private static string? Find(IDataView data) => LabelSources.Find(data, Tasks).Find(data.Schema, data.Schema["Key"])?.Name;

    private IDataView WithoutColor(IDataView data) => _ml.Transforms.DropColumns("Color").Fit(data).Transform(data);

    private IDataView Map(string source, Example[] rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Key", source).Fit(TestData.Raw(_ml)).Transform(_ml.Data.LoadFromEnumerable(rows));
}
