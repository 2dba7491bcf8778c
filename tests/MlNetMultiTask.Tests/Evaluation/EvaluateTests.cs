using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Metrics against numbers computed by hand.</summary>
public sealed class EvaluateTests
{
    private static readonly string[] _classes = ["A", "B", "C"];
    private static readonly PredictionTask _color = PredictionTask.MulticlassClassification("Color");
    private static readonly PredictionTask _big = PredictionTask.BinaryClassification("Big");
    private static readonly PredictionTask _sizes = PredictionTask.Regression("Sizes");
    private static readonly PredictionTask _tags = PredictionTask.MultilabelClassification("Tags");

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Multiclass_counts_labelled_rows_only()
    {
        TaskMetrics task = Evaluate(
            Scored.Multiclass(_ml, _classes, _classes, ("A", [.8f, .1f, .1f]), ("A", [.2f, .5f, .3f]), ("B", [.2f, .5f, .3f]), ("C", [.5f, .3f, .2f]), (null, [.9f, .05f, .05f])),
            _color,
            out MultiTaskMetrics all);

        Assert.Equal((4, 1, 0), (task.RowCount, task.MissingLabelCount, task.UnseenLabelCount));
        Assert.Equal(2 / 4.0, task.Accuracy, 1e-9);
        Assert.Equal((0.5 + (2 / 3.0) + 0) / 3, task.F1, 1e-9);
        Assert.Equal(0.5, all.Multiclass("Color").MicroAccuracy, 1e-9);
        Assert.Equal((0.5 + 1 + 0) / 3, all.Multiclass("Color").MacroAccuracy, 1e-9);
        Assert.Equal(-(Math.Log(.8) + Math.Log(.2) + Math.Log(.5) + Math.Log(.2)) / 4, all.Multiclass("Color").LogLoss, 1e-5);
        Assert.Equal((task.Accuracy, task.F1), (all.MeanAccuracy, all.MeanF1));
    }

    [Fact]
    public void Macro_F1_is_over_the_classes_present()
    {
        TaskMetrics task = Evaluate(Scored.Multiclass(_ml, _classes, _classes, ("A", [.8f, .1f, .1f]), ("B", [.2f, .5f, .3f]), ("B", [.6f, .4f, 0f])), _color, out _);

        // A: 2·1/(1+2), B: 2·1/(2+1); C is in neither labels nor predictions.
        Assert.Equal(2 / 3.0, task.F1, 1e-9);
    }

    [Fact]
    public void Classes_are_matched_by_name_whatever_the_order_of_keys()
    {
        (string? Label, float[] Score)[] rows = [("A", [.8f, .1f, .1f]), ("B", [.2f, .5f, .3f]), ("C", [.6f, .3f, .1f])];

        TaskMetrics usual = Evaluate(Scored.Multiclass(_ml, _classes, _classes, rows), _color, out MultiTaskMetrics all);
        TaskMetrics turned = Evaluate(Scored.Multiclass(_ml, ["C", "A", "B"], _classes, rows), _color, out MultiTaskMetrics allTurned);

        Assert.Equal(2 / 3.0, turned.Accuracy, 1e-9);
        Assert.Equal(usual.ToString(), turned.ToString());
        Assert.Equal(all.Multiclass("Color").LogLoss, allTurned.Multiclass("Color").LogLoss);
    }

    [Fact]
    public void A_class_that_the_model_has_never_seen_counts_as_wrong()
    {
        TaskMetrics task = Evaluate(
            Scored.Multiclass(_ml, ["X", .. _classes], _classes, ("A", [.8f, .1f, .1f]), ("X", [.8f, .1f, .1f]), ("X", [.1f, .1f, .8f]), ("C", [.1f, .1f, .8f]), (null, [1f, 0f, 0f])),
            _color,
            out MultiTaskMetrics all);

        Assert.Equal((4, 1, 2), (task.RowCount, task.MissingLabelCount, task.UnseenLabelCount));
        Assert.Equal(0.5, task.Accuracy, 1e-9);
        Assert.Equal(0.5, all.Multiclass("Color").MicroAccuracy, 1e-9);

        // A: 2·1/(1+2), C: 2·1/(1+2), X: 0; B is absent.
        Assert.Equal(4 / 9.0, task.F1, 1e-9);
        Assert.Contains("2 with a label unknown to the model", task.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_metrics_are_those_of_the_labelled_rows()
    {
        TaskMetrics task = Evaluate(Scored.Binary(_ml, (1, .9f), (1, .4f), (0, .2f), (0, .6f), (float.NaN, .99f)), _big, out MultiTaskMetrics all);

        Assert.Equal((4, 1), (task.RowCount, task.MissingLabelCount));
        Assert.Equal(0.5, task.Accuracy, 1e-9);
        Assert.Equal(0.5, task.F1, 1e-9);
        Assert.Equal(0.75, all.Binary("Big").AreaUnderRocCurve, 1e-9);
        Assert.Equal(-(Math.Log2(.9) + Math.Log2(.4) + Math.Log2(.8) + Math.Log2(.4)) / 4, all.Binary("Big").LogLoss, 1e-5);
    }

    [Theory]
    [InlineData(1f, "positive")]
    [InlineData(0f, "negative")]
    public void Binary_metrics_of_one_class_are_NaN_with_the_reason(float label, string what)
    {
        TaskMetrics task = Evaluate(Scored.Binary(_ml, (label, .9f), (label, .9f), (label, .1f)), _big, out MultiTaskMetrics all);

        Assert.Equal(label == 1 ? 2 / 3.0 : 1 / 3.0, task.Accuracy, 1e-9);
        Assert.True(double.IsNaN(task.F1));
        Assert.True(double.IsNaN(all.MeanF1));
        Assert.Contains("every labelled row is " + what, task.NotComputed, StringComparison.Ordinal);
        Assert.Contains(task.NotComputed!, Assert.Throws<InvalidOperationException>(() => all.Binary("Big")).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", task.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Predicting_no_for_everything_has_F1_0_everywhere()
    {
        TaskMetrics task = Evaluate(Scored.Binary(_ml, (1, .4f), (0, .1f), (0, .2f)), _big, out MultiTaskMetrics all);

        Assert.Equal(0, task.F1);
        Assert.Equal(0, task.Values["F1Score"]);
        Assert.Equal(0, all.MeanF1);
        Assert.Null(task.NotComputed);
        Assert.DoesNotContain("NaN", task.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void R_squared_of_a_constant_label_is_NaN_with_the_reason()
    {
        TaskMetrics task = Evaluate(Scored.Numbers(_ml, ([5, 1], [4, 1]), ([5, 2], [5, 2]), ([5, 3], [6, 3])), _sizes, out MultiTaskMetrics all);

        Assert.True(double.IsNaN(task.Values["RSquared"]), task.ToString());
        Assert.Equal((2 / 3.0) / 2, task.Values["MeanAbsoluteError"], 1e-9);
        Assert.Contains("slot 0", task.NotComputed, StringComparison.Ordinal);
        Assert.Contains("R²", task.NotComputed, StringComparison.Ordinal);
        Assert.Equal(1, all.RegressionPerSlot("Sizes")[1]!.RSquared, 1e-9);
    }

    [Fact]
    public void Regression_is_measured_slot_by_slot()
    {
        TaskMetrics task = Evaluate(
            Scored.Numbers(_ml, ([1, 10], [1, 11]), ([2, float.NaN], [2, 0]), ([3, 20], [3, 19]), ([4, float.NaN], [5, 0]), ([float.NaN, float.NaN], [9, 9])),
            _sizes,
            out MultiTaskMetrics all);
        IReadOnlyList<RegressionMetrics?> slots = all.RegressionPerSlot("Sizes");

        Assert.Equal((4, 1), (task.RowCount, task.MissingLabelCount));
        Assert.Equal([0.25, 1.0], slots.Select(slot => slot!.MeanAbsoluteError));
        Assert.Equal([0.5, 1.0], slots.Select(slot => slot!.RootMeanSquaredError));
        Assert.Equal(1 - (1 / 5.0), slots[0]!.RSquared, 1e-9);
        Assert.Equal(1 - (2 / 50.0), slots[1]!.RSquared, 1e-9);
        Assert.Equal((0.8 + 0.96) / 2, task.Values["RSquared"], 1e-9);
        Assert.True(double.IsNaN(task.Accuracy) && double.IsNaN(task.F1));
        Assert.True(double.IsNaN(all.MeanAccuracy) && double.IsNaN(all.MeanF1));
        Assert.Contains("RegressionPerSlot", Assert.Throws<ArgumentException>(() => all.Regression("Sizes")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slot_without_labels_is_left_out_of_the_means_and_said_so()
    {
        TaskMetrics task = Evaluate(Scored.Numbers(_ml, ([1, float.NaN, 5], [1, 1, 7]), ([2, float.NaN, 6], [2, 2, 6])), _sizes, out MultiTaskMetrics all);
        IReadOnlyList<RegressionMetrics?> slots = all.RegressionPerSlot("Sizes");

        Assert.Contains("slot 1", task.NotComputed, StringComparison.Ordinal);
        Assert.Equal(0.5, task.Values["MeanAbsoluteError"], 1e-9);
        Assert.Equal((1 - 7.0) / 2, task.Values["RSquared"], 1e-9);
        Assert.Equal(1, slots[0]!.RSquared);
        Assert.Null(slots[1]);
        Assert.Equal(1, slots[2]!.MeanAbsoluteError);
    }

    [Fact]
    public void A_label_of_a_set_that_no_row_tells_of_is_left_out_of_the_mean_and_said_so()
    {
        TaskMetrics task = Evaluate(
            Scored.Multilabel(_ml, _classes, _classes, ([1, float.NaN, 1], [true, true, true]), ([0, float.NaN, 1], [false, false, true])), _tags, out MultiTaskMetrics all);

        Assert.Equal((1, 1), (task.Accuracy, task.F1));
        Assert.True(double.IsNaN(all.Multilabel("Tags").PerLabelF1[1]));
        Assert.Contains("label B", task.NotComputed, StringComparison.Ordinal);
    }

    [Fact]
    public void Multilabel_is_measured_over_labelled_slots()
    {
        float nan = float.NaN;
        TaskMetrics task = Evaluate(
            Scored.Multilabel(_ml, _classes, _classes, ([1, 0, 1], [true, false, true]), ([1, 1, nan], [true, false, true]), ([0, nan, 0], [true, true, false]), ([nan, nan, nan], [true, true, true])),
            _tags,
            out MultiTaskMetrics all);
        MultilabelClassificationMetrics metrics = all.Multilabel("Tags");

        Assert.Equal((3, 1), (task.RowCount, task.MissingLabelCount));
        Assert.Equal(1 / 3.0, metrics.SubsetAccuracy, 1e-9);
        Assert.Equal(2 / 7.0, metrics.HammingLoss, 1e-9);
        Assert.Equal([2 * 2 / 5.0, 0, 1], metrics.PerLabelF1);
        Assert.Equal((0.8 + 0 + 1) / 3, metrics.MacroF1, 1e-9);
        Assert.Equal(2 * 3 / 8.0, metrics.MicroF1, 1e-9);
        Assert.Equal((metrics.SubsetAccuracy, metrics.MacroF1), (task.Accuracy, task.F1));
    }

    [Fact]
    public void Labels_of_a_set_are_matched_by_name()
    {
        TaskMetrics task = Evaluate(Scored.Multilabel(_ml, ["C", "A"], _classes, ([1, 0], [false, true, true]), ([0, 1], [true, false, true])), _tags, out MultiTaskMetrics all);

        // B has no label at all, so it is left out of rows and slots; C is wrong once.
        Assert.Equal(0.5, task.Accuracy, 1e-9);
        Assert.Equal(1 / 4.0, all.Multilabel("Tags").HammingLoss, 1e-9);
    }

    [Fact]
    public void A_label_in_a_set_that_the_model_does_not_know_makes_its_row_wrong()
    {
        TaskMetrics task = Evaluate(
            Scored.Multilabel(_ml, ["A", "X", "B", "C"], _classes, ([1, 0, 0, 0], [true, false, false]), ([1, 1, 0, 0], [true, false, false]), ([0, float.NaN, 1, 0], [false, true, false])),
            _tags,
            out MultiTaskMetrics all);

        Assert.Equal((3, 0, 1), (task.RowCount, task.MissingLabelCount, task.UnseenLabelCount));
        Assert.Equal(2 / 3.0, task.Accuracy, 1e-9);
        Assert.Equal(0, all.Multilabel("Tags").HammingLoss);
        Assert.Contains("1 with a label unknown to the model", task.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_without_labels_says_so()
    {
        TaskMetrics color = Evaluate(Scored.Multiclass(_ml, _classes, _classes, (null, [.8f, .1f, .1f])), _color, out _);
        TaskMetrics big = Evaluate(Scored.Binary(_ml, (float.NaN, .9f)), _big, out MultiTaskMetrics all);

        Assert.All([color, big], task =>
        {
            Assert.Equal((0, 1), (task.RowCount, task.MissingLabelCount));
            Assert.Equal("no row has a label", task.NotComputed);
            Assert.True(double.IsNaN(task.Accuracy) && double.IsNaN(task.F1));
        });
        Assert.True(double.IsNaN(all.MeanAccuracy));
    }

    [Fact]
    public void ML_NETs_own_evaluators_take_our_columns_and_agree()
    {
        using var fitted = new Fitted("HardParameterSharing", new TrainerSetup { MaximumNumberOfEpochs = 10 });
        MultiTaskMetrics ours = fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks);

        MulticlassClassificationMetrics color = fitted.ML.MulticlassClassification.Evaluate(fitted.Scored, "Color", "Color.Score", "Color.PredictedLabel");
        CalibratedBinaryClassificationMetrics big = fitted.ML.BinaryClassification.Evaluate(fitted.Scored, "Big", "Big.Score", "Big.Probability", "Big.PredictedLabel");
        BinaryClassificationMetrics plain = fitted.ML.BinaryClassification.EvaluateNonCalibrated(fitted.Scored, "Big", "Big.Score", "Big.PredictedLabel");
        RegressionMetrics size = fitted.ML.Regression.Evaluate(fitted.Scored, "Size", "Size.Score");

        Assert.Equal(ours.Multiclass("Color").MicroAccuracy, color.MicroAccuracy, 1e-9);
        Assert.Equal(ours.Multiclass("Color").LogLoss, color.LogLoss, 1e-6);
        Assert.Equal(ours.Binary("Big").Accuracy, big.Accuracy, 1e-9);
        Assert.Equal(ours.Binary("Big").LogLoss, big.LogLoss, 1e-6);
        Assert.Equal(ours.Binary("Big").AreaUnderRocCurve, plain.AreaUnderRocCurve, 1e-9);
        Assert.Equal(ours.Regression("Size").RSquared, size.RSquared, 1e-6);
        Assert.Equal((ours["Color"].Accuracy + ours["Big"].Accuracy + ours["Tags"].Accuracy) / 3, ours.MeanAccuracy, 1e-9);
        Assert.Equal((ours["Color"].F1 + ours["Big"].F1 + ours["Tags"].F1) / 3, ours.MeanF1, 1e-9);
    }

    [Fact]
    public void Asking_for_a_task_by_a_wrong_name_or_kind_is_explained()
    {
        Evaluate(Scored.Binary(_ml, (1, .9f), (0, .1f)), _big, out MultiTaskMetrics all);

        Assert.Contains("the tasks are 'Big'", Assert.Throws<ArgumentException>(() => all["Bgi"]).Message, StringComparison.Ordinal);
        Assert.Contains("is a BinaryClassification task", Assert.Throws<ArgumentException>(() => all.Multiclass("Big")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_read_well()
    {
        TaskMetrics task = Evaluate(Scored.Binary(_ml, (1, .9f), (0, .1f), (float.NaN, .5f)), _big, out MultiTaskMetrics all);

        Assert.StartsWith("Big (BinaryClassification, 2 rows, 1 without label): Accuracy 1.000, F1Score 1.000", task.ToString(), StringComparison.Ordinal);
        Assert.Equal(task + Environment.NewLine + "Mean over classification tasks: accuracy 1.000, F1 1.000", all.ToString());
    }

    private TaskMetrics Evaluate(IDataView scored, PredictionTask task, out MultiTaskMetrics all)
    {
        all = _ml.MultiTask.Evaluate(scored, [task]);
        return Assert.Single(all.Tasks);
    }
}
