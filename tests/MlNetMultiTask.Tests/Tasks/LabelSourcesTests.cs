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

    [Theory]
    [InlineData("", "Color", 2)]
    [InlineData("unrelated", null, 0)]
    public void Of_several_columns_one_is_taken_if_they_tell_the_same(string noteOfUnlabelled, string? expected, int unseen)
    {
        Example[] rows = TestData.Rows();
        Array.ForEach(rows, row => row.Note = row.Color);
        (rows[3].Color, rows[3].Note) = ("", noteOfUnlabelled);
        (rows[4].Color, rows[4].Note) = ("violet", "violet");
        (rows[5].Color, rows[5].Note) = ("violet", "violet");
        IDataView data = Map("Color", rows);

        Assert.Equal(expected, Find(data));
        Assert.Equal(unseen, Evaluate(data).UnseenLabelCount);
    }

    [Fact]
    public void Rows_of_one_key_may_agree_by_chance()
    {
        Example[] rows = [.. TestData.Rows().Where(row => row.Color == "red").Take(3), .. TestData.Rows(2)];
        Array.ForEach(rows[3..], row => row.Color = "");
        Array.ForEach(rows, row => row.Note = row.Color == "red" ? "red" : "unrelated");

        Assert.Null(Find(WithoutColor(Map("Color", rows))));
    }

    /// <summary>The hidden column is there by its name alone.</summary>
    [Fact]
    public void A_hidden_column_of_other_values_is_none()
    {
        Example[] rows = TestData.Rows();
        rows[4].Color = "violet";
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Weight", "Color").Fit(TestData.Raw(_ml)).Transform(_ml.Data.LoadFromEnumerable(rows));
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Weight")];

        Assert.Equal("Color", LabelSources.Find(data, tasks).Find(data.Schema, data.Schema["Weight"])?.Name);
    }

    /// <summary>An estimator that is appended may make something else of the column; the rows are the same for all.</summary>
    [Fact]
    public void What_is_appended_does_not_change_what_is_known()
    {
        Example[] rows = TestData.Rows();
        rows[4].Color = "violet";
        IDataView data = Map("Color", rows);
        IDataView changed = _ml.Transforms.Conversion.MapValueToKey("Color").Fit(data).Transform(data);
        DataViewSchema.Column found = LabelSources.Find(data, Tasks).Find(changed.Schema, changed.Schema["Key"])!.Value;

        Assert.Equal(("Color", data.Schema["Color"].Index), (found.Name, found.Index));
    }

    [Fact]
    public void Columns_behind_the_label_are_not_read()
    {
        IDataView data = Map("Color", TestData.Rows());
        IDataView failing = _ml.Transforms.CustomMapping<Example, Late>((_, _) => throw new NotSupportedException(), contractName: null).Fit(data).Transform(data);

        Assert.Equal("Color", Find(failing));
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

    private TaskMetrics Evaluate(IDataView data)
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(Tasks, maximumNumberOfEpochs: 1).Fit(data);
        return _ml.MultiTask.Evaluate(model.Transform(data), Tasks)["Key"];
    }

    private static string? Find(IDataView data) => LabelSources.Find(data, Tasks).Find(data.Schema, data.Schema["Key"])?.Name;

    private IDataView WithoutColor(IDataView data) => _ml.Transforms.DropColumns("Color").Fit(data).Transform(data);

    private sealed class Late
    {
        public string Text { get; set; } = "";
    }

    private IDataView Map(string source, Example[] rows) =>
        _ml.Transforms.Conversion.MapValueToKey("Key", source).Fit(TestData.Raw(_ml)).Transform(_ml.Data.LoadFromEnumerable(rows));
}
