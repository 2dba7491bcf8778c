using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>Numbers as labels: several at once, and some that never change.</summary>
public sealed class RegressionLabelTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void A_vector_is_learned_and_measured_slot_by_slot()
    {
        IDataView data = View(row => [row.X, 1e6f * row.Y, row.X > 0 ? float.NaN : row.X + row.Y]);
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.Regression("Label")).Fit(data);

        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(data), model.Tasks);
        RegressionMetrics[] slots = [.. metrics.RegressionPerSlot("Label").OfType<RegressionMetrics>()];

        // Slots whose scales differ by a million are learned alike.
        Assert.All(slots, slot => Assert.InRange(slot.RSquared, 0.9, 1));
        Assert.Equal(slots.Average(slot => slot.RSquared), metrics["Label"].Values["RSquared"], 1e-12);
        Assert.Equal(slots.Average(slot => slot.RootMeanSquaredError), metrics["Label"].Values["RootMeanSquaredError"], 1e-6);
        Assert.InRange(slots[1].RootMeanSquaredError / slots[0].RootMeanSquaredError, 1e5, 1e7);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(-123456.7f)]
    [InlineData(1e-40f)]
    [InlineData(float.MaxValue)]
    public void A_constant_is_predicted_exactly_beside_a_label_that_is_none(float constant)
    {
        IDataView data = View(row => [row.X, constant]);
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.Regression("Label")).Fit(data);
        using var folder = new TemporaryFolder();
        _ml.MultiTask.SaveAtomically(model, data.Schema, folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.MultiTask.Load(folder["model.zip"], out _);

        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(loaded.Transform(data), loaded.Tasks);

        Assert.All(loaded.Transform(data).GetColumn<float[]>("Label.Score"), score => Assert.Equal(constant, score[1]));
        Assert.InRange(metrics.RegressionPerSlot("Label")[0]!.RSquared, 0.9, 1);
        Assert.Equal(0, metrics.RegressionPerSlot("Label")[1]!.MeanAbsoluteError);
        Assert.True(double.IsNaN(metrics["Label"].Values["RSquared"]));
        Assert.Contains("slot 1", metrics["Label"].NotComputed, StringComparison.Ordinal);
        Assert.Equal(0, metrics["Label"].Values["MeanAbsoluteError"] - (metrics.RegressionPerSlot("Label")[0]!.MeanAbsoluteError / 2), 1e-9);
    }

    [Fact]
    public void A_slot_without_any_label_is_warned_of()
    {
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                warnings.Add(e.Message);
            }
        };
        OddLabels.Trainer(_ml, PredictionTask.Regression("Label")).Fit(View(row => [row.X, float.NaN, 5])).Dispose();

        Assert.Contains(warnings, warning => warning.Contains("no label in '1' of its slots", StringComparison.Ordinal));
    }

    [Fact]
    public void A_scalar_constant_is_predicted_exactly_and_disturbs_no_other_task()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Points().Select(row => new Two { Features = [row.X, row.Y], Constant = 7.1f, Moving = row.X - row.Y }));
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.Regression("Constant"), PredictionTask.Regression("Moving")).Fit(data);
        IDataView scored = model.Transform(data);

        Assert.All(scored.GetColumn<float>("Constant.Score"), score => Assert.Equal(7.1f, score));
        Assert.InRange(_ml.MultiTask.Evaluate(scored, model.Tasks).Regression("Moving").RSquared, 0.9, 1);
    }

    [Fact]
    public void Validation_data_may_differ_from_a_constant()
    {
        IDataView data = View(row => [row.X, 5]);
        IDataView validation = View(row => [row.X, 5 + row.Y]);
        var losses = new List<double>();
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [PredictionTask.Regression("Label")],
            MaximumNumberOfEpochs = 2,
            Progress = new Collector(progress => losses.Add(progress.ValidationLosses!["Label"])),
        }).Fit(data, validation);

        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.All(model.Transform(validation).GetColumn<float[]>("Label.Score"), score => Assert.Equal(5f, score[1]));
    }

    /// <summary>What was constant in the first data has no scale; the data with which training goes on gives it one.</summary>
    [Fact]
    public void Going_on_with_data_in_which_it_varies_learns_it()
    {
        PredictionTask task = PredictionTask.Regression("Label");
        IDataView data = View(row => [row.X, 400 * row.Y]);
        using MultiTaskTransformer first = OddLabels.Trainer(_ml, task).Fit(View(row => [row.X, 5]));
        using MultiTaskTransformer second = OddLabels.Trainer(_ml, task).Fit(data, null, first);

        RegressionMetrics[] slots = [.. _ml.MultiTask.Evaluate(second.Transform(data), second.Tasks).RegressionPerSlot("Label").OfType<RegressionMetrics>()];

        Assert.All(slots, slot => Assert.InRange(slot.RSquared, 0.9, 1));
    }

    private static IEnumerable<(float X, float Y)> Points()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 300).Select(_ => ((2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1))];
    }

    private IDataView View(Func<(float X, float Y), float[]> label)
    {
        Row[] rows = [.. Points().Select(point => new Row { Features = [point.X, point.Y], Label = label(point) })];
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Label)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Label.Length);
        return _ml.Data.LoadFromEnumerable(rows, definition);
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public float[] Label { get; init; } = [];
    }

    private sealed class Two
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public float Constant { get; init; }

        public float Moving { get; init; }
    }

    private sealed class Collector(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
