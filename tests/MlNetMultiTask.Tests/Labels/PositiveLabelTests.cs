using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>Keys of two values, of which the user names the one that counts as yes.</summary>
public sealed class PositiveLabelTests
{
    private readonly MLContext _ml = new(1);

    /// <summary>Rows that begin with yes, rows that begin with no, and shuffled ones: the number of the key changes, its meaning does not.</summary>
    [Theory]
    [InlineData("TwoTexts", "yes")]
    [InlineData("TwoNumbers", "10")]
    [InlineData("TwoBooleans", "true")]
    [InlineData("TwoDates", "2026-03-29T01:30:00.0000000")]
    public void Yes_is_the_same_class_in_whatever_order_rows_come(string column, string positiveLabel)
    {
        OddLabels[] rows = OddLabels.Rows();
        OddLabels[][] orders = [[.. rows.OrderByDescending(row => row.Truth.IsPositive)], [.. rows.OrderBy(row => row.Truth.IsPositive)], [.. rows.Reverse()]];
        var firstKeys = new HashSet<uint>();
        foreach (OddLabels[] order in orders)
        {
            IDataView data = _ml.Data.LoadFromEnumerable(order);
            IDataView keys = _ml.Transforms.Conversion.MapValueToKey(column).Fit(data).Transform(data);
            using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.BinaryClassification(column, positiveLabel: positiveLabel)).Fit(keys);
            IDataView scored = model.Transform(keys);
            bool[] predicted = [.. scored.GetColumn<bool>(column + ".PredictedLabel")];
            TaskMetrics metrics = _ml.MultiTask.Evaluate(scored, model.Tasks)[column];

            firstKeys.Add(keys.GetColumn<uint>(column).ElementAt(Array.FindIndex(order, row => row.Truth.IsPositive)));
            Assert.InRange(order.Zip(predicted).Count(pair => pair.First.Truth.IsPositive == pair.Second), 0.9 * rows.Length, rows.Length);
            Assert.Equal(order.Zip(predicted).Count(pair => pair.First.Truth.IsPositive == pair.Second) / (double)rows.Length, metrics.Accuracy, 1e-6);
        }

        Assert.Equal([1u, 2u], firstKeys.Order());
    }

    [Fact]
    public void A_loaded_model_measures_data_whose_keys_are_numbered_the_other_way()
    {
        OddLabels[] rows = OddLabels.Rows();
        IDataView data = _ml.Data.LoadFromEnumerable(rows.OrderBy(row => row.Truth.IsPositive));
        IDataView turned = _ml.Data.LoadFromEnumerable(rows.OrderByDescending(row => row.Truth.IsPositive));
        var keys = _ml.Transforms.Conversion.MapValueToKey("TwoTexts");
        using MultiTaskTransformer trained = OddLabels.Trainer(_ml, PredictionTask.BinaryClassification("TwoTexts", positiveLabel: "yes")).Fit(keys.Fit(data).Transform(data));
        using var folder = new TemporaryFolder();
        _ml.MultiTask.SaveAtomically(trained, data.Schema, folder["model.zip"]);

        using var loaded = (MultiTaskTransformer)_ml.MultiTask.Load(folder["model.zip"], out _);
        TaskMetrics expected = _ml.MultiTask.Evaluate(trained.Transform(keys.Fit(data).Transform(turned)), trained.Tasks)["TwoTexts"];
        TaskMetrics actual = _ml.MultiTask.Evaluate(loaded.Transform(keys.Fit(turned).Transform(turned)), loaded.Tasks)["TwoTexts"];

        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.InRange(actual.Accuracy, 0.9, 1);
    }
}
