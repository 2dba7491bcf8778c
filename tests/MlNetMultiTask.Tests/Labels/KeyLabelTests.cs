using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>Keys whose values are text, numbers, dates or anything else of which ML.NET makes keys.</summary>
public sealed class KeyLabelTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData("Text")]
    [InlineData("Int32")]
    [InlineData("Int64")]
    [InlineData("Double")]
    [InlineData("DateTime")]
    [InlineData("TimeSpan")]
    [InlineData("TwoBooleans")]
    public void Classes_come_back_in_their_own_type_after_loading(string column)
    {
        OddLabels[] rows = OddLabels.Rows();
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var trained = _ml.Transforms.Conversion.MapValueToKey(column)
            .Append(OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification(column)))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Back", column + ".PredictedLabel"))
            .Fit(data);
        using var folder = new TemporaryFolder();
        string path = folder["model.zip"];
        _ml.MultiTask.SaveAtomically(trained, data.Schema, path);

        ITransformer loaded = _ml.MultiTask.Load(path, out _);
        using var owned = (IDisposable)loaded;
        IDataView scored = loaded.Transform(data);

        Assert.Equal(data.Schema[column].Type, scored.Schema["Back"].Type);
        object[] given = ReadValues(data, column);
        object[] back = ReadValues(scored, "Back");
        Assert.InRange(given.Zip(back).Count(pair => pair.First.Equals(pair.Second)), 0.9 * rows.Length, rows.Length);
        Assert.Equal(given.Distinct().Count(), back.Distinct().Count());

        // Slot names are text, of any class.
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema[column + ".Score"].GetSlotNames(ref names);
        Assert.Equal(given.Distinct().Count(), names.DenseValues().Select(name => name.ToString()).Distinct().Count());
    }

    /// <summary>Keys are numbered by first occurrence: other rows first, other numbers.</summary>
    [Theory]
    [InlineData("Text")]
    [InlineData("Int64")]
    [InlineData("Double")]
    [InlineData("DateTime")]
    public void An_evaluation_matches_classes_by_value_whatever_their_numbers(string column)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(OddLabels.Rows());
        IDataView turned = _ml.Data.LoadFromEnumerable(OddLabels.Rows().OrderByDescending(row => row.Truth.OfThree));
        var keys = _ml.Transforms.Conversion.MapValueToKey(column);
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification(column)).Fit(keys.Fit(data).Transform(data));

        IDataView same = keys.Fit(data).Transform(turned);
        IDataView other = keys.Fit(turned).Transform(turned);
        TaskMetrics expected = _ml.MultiTask.Evaluate(model.Transform(same), model.Tasks)[column];
        TaskMetrics actual = _ml.MultiTask.Evaluate(model.Transform(other), model.Tasks)[column];

        Assert.NotEqual(ReadKeys(same, column), ReadKeys(other, column));
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.InRange(expected.Accuracy, 0.9, 1);
    }

    [Fact]
    public void Names_that_no_file_can_keep_are_refused()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(OddLabels.Rows());
        var broken = new Dictionary<string, string> { ["yes"] = "a\ud800", ["no"] = "\ud83d\ude00" };
        IDataView keys = _ml.Transforms.Conversion.MapValue("Class", broken, "TwoTexts").Append(_ml.Transforms.Conversion.MapValueToKey("Class")).Fit(data).Transform(data);
        MultiTaskTrainer trainer = OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification("Class"));

        Assert.Contains("not valid Unicode", Assert.Throws<NotSupportedException>(() => trainer.Fit(keys)).Message, StringComparison.Ordinal);
    }

    private static uint[] ReadKeys(IDataView data, string column) => [.. data.GetColumn<uint>(column)];

    private static object[] ReadValues(IDataView data, string column) => data.Schema[column].Type switch
    {
        TextDataViewType => [.. data.GetColumn<string>(column)],
        BooleanDataViewType => Read<bool>(data, column),
        DateTimeDataViewType => Read<DateTime>(data, column),
        TimeSpanDataViewType => Read<TimeSpan>(data, column),
        { RawType: var type } when type == typeof(int) => Read<int>(data, column),
        { RawType: var type } when type == typeof(long) => Read<long>(data, column),
        _ => Read<double>(data, column),
    };

    private static object[] Read<T>(IDataView data, string column)
        where T : struct => [.. data.GetColumn<T>(column).Select(value => (object)value)];
}
