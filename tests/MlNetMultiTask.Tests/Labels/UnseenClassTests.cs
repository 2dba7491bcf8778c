using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>Rows whose class training has not seen: a saved pipeline's MapValueToKey gives them key 0, as it does rows without a class.</summary>
public sealed class UnseenClassTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData(3)]
    [InlineData(1200)]
    public void They_count_as_wrong_after_loading_and_a_missing_label_does_not(int classCount)
    {
        Row[] rows = [.. Enumerable.Range(0, Math.Max(300, classCount)).Select(i => new Row { Features = Place(i % classCount), Class = Name(i % classCount) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var trained = _ml.Transforms.Conversion.MapValueToKey("Class", maximumNumberOfKeys: classCount)
            .Append(OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification("Class")))
            .Fit(data);
        using var folder = new TemporaryFolder();
        _ml.MultiTask.SaveAtomically(trained, data.Schema, folder["model.zip"]);
        ITransformer loaded = _ml.MultiTask.Load(folder["model.zip"], out _);
        using var owned = (IDisposable)loaded;
        IReadOnlyList<PredictionTask> tasks = _ml.MultiTask.Find(loaded).Tasks;

        TaskMetrics known = _ml.MultiTask.Evaluate(loaded.Transform(data), tasks)["Class"];
        IDataView odd = _ml.Data.LoadFromEnumerable([.. rows, new Row { Features = Place(0), Class = "never seen" }, new Row { Features = Place(1), Class = "nor this" }, new Row { Features = Place(0), Class = "" }]);
        TaskMetrics metrics = _ml.MultiTask.Evaluate(loaded.Transform(odd), tasks)["Class"];

        Assert.Equal((rows.Length, 0, 0), (known.RowCount, known.MissingLabelCount, known.UnseenLabelCount));
        Assert.Equal((rows.Length + 2, 1, 2), (metrics.RowCount, metrics.MissingLabelCount, metrics.UnseenLabelCount));
        Assert.Equal(known.Accuracy * rows.Length, metrics.Accuracy * (rows.Length + 2), 1e-6);
        Assert.Equal(classCount > 1000, metrics.NotComputed is not null);
        Assert.Contains("2 with a label unknown to the model", metrics.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Neither yes nor no: such a row is not predicted right, whatever the model says; a key of more values is refused.</summary>
    [Fact]
    public void A_value_that_is_neither_yes_nor_no_counts_as_wrong()
    {
        string[] values = ["yes", "no"];
        Row[] rows = [.. Enumerable.Range(0, 100).Select(i => new Row { Features = Place(i % 2), Class = values[i % 2] })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Class").Append(OddLabels.Trainer(_ml, PredictionTask.BinaryClassification("Class", positiveLabel: "yes"))).Fit(data);
        IReadOnlyList<PredictionTask> tasks = model.LastTransformer.Tasks;

        IDataView odd = _ml.Data.LoadFromEnumerable([.. rows, new Row { Features = Place(0), Class = "maybe" }, new Row { Features = Place(1), Class = "" }]);
        TaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(odd), tasks)["Class"];
        IDataView anew = _ml.Transforms.Conversion.MapValueToKey("Class").Fit(odd).Transform(odd);

        Assert.Equal((101, 1, 1), (metrics.RowCount, metrics.MissingLabelCount, metrics.UnseenLabelCount));
        Assert.Equal(100 / 101.0, metrics.Accuracy, 1e-9);
        Assert.Equal(metrics.Accuracy, metrics.Values["Accuracy"]);
        Assert.Contains("3 values", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Evaluate(model.LastTransformer.Transform(anew), tasks)).Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers have no empty text: NaN is what is missing.</summary>
    [Fact]
    public void Numbers_that_are_keys_count_as_wrong_too_and_NaN_is_missing()
    {
        float[] values = [1.5f, 2.5f];
        NumberRow[] rows = [.. Enumerable.Range(0, 100).Select(i => new NumberRow { Features = Place(i % 2), Class = values[i % 2] })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Class").Append(OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification("Class"))).Fit(data);

        IDataView odd = _ml.Data.LoadFromEnumerable([.. rows, new NumberRow { Features = Place(0), Class = 3.5f }, new NumberRow { Features = Place(0), Class = float.NaN }]);
        TaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(odd), model.LastTransformer.Tasks)["Class"];

        Assert.Equal((101, 1, 1), (metrics.RowCount, metrics.MissingLabelCount, metrics.UnseenLabelCount));
        Assert.Equal(100 / 101.0, metrics.Accuracy, 1e-6);
    }

    [Fact]
    public void A_bag_with_a_label_never_seen_is_not_right_and_one_with_an_empty_text_is()
    {
        string[][] bags = [["a"], ["a", "b"], ["b"], []];
        BagRow[] rows = [.. Enumerable.Range(0, 120).Select(i => new BagRow { Features = [(i % 4 < 2 ? 1 : -1), (i % 4 is 1 or 2 ? 1 : -1)], Tags = bags[i % 4] })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Tags").Append(OddLabels.Trainer(_ml, PredictionTask.MultilabelClassification("Tags"))).Fit(data);
        IReadOnlyList<PredictionTask> tasks = model.LastTransformer.Tasks;

        BagRow[] odd = [new BagRow { Features = [1, 1], Tags = ["a", "never seen", "b"] }, new BagRow { Features = [1, 1], Tags = ["a", "", "b"] }];
        TaskMetrics known = _ml.MultiTask.Evaluate(model.Transform(data), tasks)["Tags"];
        TaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(_ml.Data.LoadFromEnumerable([.. rows, .. odd])), tasks)["Tags"];

        // Keys of these data learned anew: the label has a key, and the model no such label.
        IDataView anew = _ml.Transforms.Conversion.MapValueToKey("Tags").Fit(_ml.Data.LoadFromEnumerable(odd)).Transform(_ml.Data.LoadFromEnumerable(odd));
        TaskMetrics matched = _ml.MultiTask.Evaluate(model.LastTransformer.Transform(anew), tasks)["Tags"];

        Assert.Equal((1, 0), (known.Accuracy, known.UnseenLabelCount));
        Assert.Equal((122, 1), (metrics.RowCount, metrics.UnseenLabelCount));
        Assert.Equal(121 / 122.0, metrics.Accuracy, 1e-9);
        Assert.Equal((0.5, 1), (matched.Accuracy, matched.UnseenLabelCount));
    }

    /// <summary>Under another name no schema tells of which column the keys were made; the rows do.</summary>
    [Fact]
    public void Keys_under_a_name_of_their_own_are_looked_up_in_the_column_that_has_their_values()
    {
        Row[] rows = [.. Enumerable.Range(0, 100).Select(i => new Row { Features = Place(i % 2), Class = Name(i % 2) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Key", "Class").Append(OddLabels.Trainer(_ml, PredictionTask.MulticlassClassification("Key"))).Fit(data);

        IDataView odd = _ml.Data.LoadFromEnumerable([.. rows, new Row { Features = Place(0), Class = "never seen" }, new Row { Features = Place(0), Class = "" }]);
        TaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(odd), model.LastTransformer.Tasks)["Key"];

        Assert.Equal((101, 1, 1), (metrics.RowCount, metrics.MissingLabelCount, metrics.UnseenLabelCount));
    }

    private static float[] Place(int index) => [(index % 3) - 1, ((index + (index / 3)) % 2) - 0.5f];

    private static string Name(int index) => FormattableString.Invariant($"class {index}");

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public string Class { get; init; } = "";
    }

    private sealed class BagRow
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public string[] Tags { get; init; } = [];
    }

    private sealed class NumberRow
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public float Class { get; init; }
    }
}
