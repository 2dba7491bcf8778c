using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Data;

/// <summary>Rows of which some have lost a label.</summary>
public sealed class FewerLabelsTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<string> LabelTypes { get; } = [.. TestData.TasksByLabelType.Keys.Except(["bag of keys"])];

    [Theory]
    [MemberData(nameof(LabelTypes))]
    public void Labels_of_any_type_are_missing_or_as_they_were(string type)
    {
        PredictionTask task = TestData.TasksByLabelType[type];
        IDataView data = TestData.View(_ml);
        LabelColumn before = LabelReader.Read(data, [task], CancellationToken.None)[0];
        var fewer = new FewerLabels(data, task, row => row % 3 == 0);
        LabelColumn after = LabelReader.Read(fewer, [task], CancellationToken.None)[0];

        Assert.Equal(before.RowCount, after.RowCount);
        Assert.Equal(before.Names?.Texts, after.Names?.Texts);
        for (int i = 0; i < before.Values.Length; i++)
        {
            Assert.Equal(i / before.Width % 3 == 0 ? before.Values[i] : float.NaN, after.Values[i]);
        }
    }

    [Fact]
    public void Other_columns_stay_as_they_are()
    {
        IDataView data = TestData.View(_ml);
        var fewer = new FewerLabels(data, PredictionTask.BinaryClassification("Big"), _ => false);

        Assert.Equal(data.Schema.Select(column => column.Name), fewer.Schema.Select(column => column.Name));
        Assert.Equal(data.GetColumn<float[]>("Features"), fewer.GetColumn<float[]>("Features"));
        Assert.Equal(data.GetColumn<float>("Size"), fewer.GetColumn<float>("Size"));
        Assert.All(fewer.GetColumn<float>("Big"), value => Assert.True(float.IsNaN(value)));
        Assert.Single(fewer.GetRowCursorSet(fewer.Schema, 4));
    }

    [Fact]
    public void A_bag_of_keys_can_not_lose_its_label()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new FewerLabels(TestData.View(_ml), TestData.TasksByLabelType["bag of keys"], _ => true));
        Assert.Contains("MapKeyToVector", e.Message, StringComparison.Ordinal);
    }
}
