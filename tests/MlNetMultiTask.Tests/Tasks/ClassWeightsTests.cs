using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Labels;
using TorchSharp;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>What rows weigh by their class, and that it is what a weight column would do.</summary>
public sealed class ClassWeightsTests
{
    private static readonly LabelInfo _three = new() { OutputCount = 3, Names = LabelNames.Parse("Text", ["a", "b", "c"]) };
    private static readonly LabelInfo _one = new() { OutputCount = 1 };

    [Fact]
    public void Balanced_classes_weigh_the_same_as_a_whole_and_1_in_the_mean()
    {
        PredictionTask task = PredictionTask.MulticlassClassification("Label", classWeights: ClassWeights.Balanced());
        float[] labels = [0, 0, 0, 0, 0, 0, 1, 1, float.NaN];
        float[] weights = Weigh(task, _three, labels);

        Assert.Equal(4f, weights[..6].Sum(), 1e-5);
        Assert.Equal(4f, weights[6..8].Sum(), 1e-5);
        Assert.Equal(0f, weights[8]);
    }

    [Fact]
    public void Weights_by_name_keep_their_proportions_and_others_are_1()
    {
        PredictionTask task = PredictionTask.MulticlassClassification("Label", classWeights: ClassWeights.Of(("b", 5), ("c", 0)));
        float[] weights = Weigh(task, _three, [0, 1, 2, 0]);

        Assert.Equal(5, weights[1] / weights[0], 1e-5);
        Assert.Equal(0f, weights[2]);
        Assert.Equal(1, weights.Average(), 1e-5);
    }

    [Fact]
    public void Yes_of_a_binary_task_weighs_as_told()
    {
        float[] weights = Weigh(PredictionTask.BinaryClassification("Label", classWeights: ClassWeights.Positive(3)), _one, [1, 0, 0, 0]);

        Assert.Equal(2, weights[0], 1e-5);
        Assert.All(weights[1..], weight => Assert.Equal(2 / 3.0, weight, 1e-5));
    }

    [Fact]
    public void Each_label_of_a_set_is_balanced_by_itself()
    {
        using IDisposable scope = torch.NewDisposeScope();
        PredictionTask task = PredictionTask.MultilabelClassification("Label", classWeights: ClassWeights.Balanced());
        float nan = float.NaN;
        float[] labels = [1, 0, nan, 0, 0, 1, 0, 1, 0, 0, 1, 0];
        float[] slots = Fill(task, _three, labels, 3).SlotWeights!.data<float>().ToArray();

        for (int slot = 0; slot < 3; slot++)
        {
            double Sum(float value) => Enumerable.Range(0, 4).Where(row => labels[(row * 3) + slot] == value).Sum(row => (double)slots[(row * 3) + slot]);
            Assert.Equal(Sum(0), Sum(1), 1e-5);
        }

        // A row's loss is the mean over slots: over four rows, all weights together are 4.
        Assert.Equal(4, slots.Sum(), 1e-4);
    }

    [Fact]
    public void A_task_may_have_a_weight_column_of_its_own()
    {
        using IDisposable scope = torch.NewDisposeScope();
        PredictionTask task = PredictionTask.Regression("Label", exampleWeightColumnName: "W");
        var data = new TabularData { RowCount = 4, FeatureCount = 1, Features = new float[4], Labels = [[1, 2, float.NaN, 4]], LabelWidths = [1], TaskWeights = [[1, 2, 100, 3]] };
        using var targets = new LabelTargets(data, [task], [new LabelInfo { OutputCount = 1, Means = [0], Deviations = [1] }]);

        Assert.Equal([0.5f, 1f, 0f, 1.5f], Read(targets, 4).LabelWeights!.data<float>().ToArray());
    }

    [Fact]
    public void Class_weights_do_what_a_weight_column_of_the_task_does()
    {
        var ml = new MLContext(1);
        Weighted[] rows = [.. OddLabels.Rows().Select(row => new Weighted { Features = row.Features, Yes = row.TwoBooleans, Weight = row.TwoBooleans ? 4 : 1 })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        float[] Train(PredictionTask task)
        {
            using MultiTaskTransformer model = OddLabels.Trainer(new MLContext(1), task).Fit(data);
            return [.. model.Transform(data).GetColumn<float>("Yes.Score")];
        }

        float[] plain = Train(PredictionTask.BinaryClassification("Yes"));
        float[] byClass = Train(PredictionTask.BinaryClassification("Yes", classWeights: ClassWeights.Positive(4)));
        float[] byColumn = Train(PredictionTask.BinaryClassification("Yes", exampleWeightColumnName: "Weight"));

        Assert.All(byClass.Zip(byColumn), pair => Assert.Equal(pair.First, pair.Second, 0.02 * Math.Max(1, Math.Abs(pair.First))));
        Assert.True(byClass.Zip(plain).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.2);
    }

    /// <summary>Otherwise the first epochs would go into unlearning the plain frequencies.</summary>
    [Fact]
    public void The_first_biases_are_those_of_weighted_rows()
    {
        PredictionTask binary = PredictionTask.BinaryClassification("Label", classWeights: ClassWeights.Balanced());
        PredictionTask multiclass = PredictionTask.MulticlassClassification("Label", classWeights: ClassWeights.Balanced());
        float[] yes = [1, .. new float[99]];
        float[] classes = [.. new float[80], .. Enumerable.Repeat(1f, 15), .. Enumerable.Repeat(2f, 5)];

        Assert.Equal(0, binary.GetInitialBias(_one, yes, 1, new LabelWeights(null, binary.LearnValueWeights(_one, yes, 1)))[0], 1e-5);
        float[] biases = multiclass.GetInitialBias(_three, classes, 1, new LabelWeights(null, multiclass.LearnValueWeights(_three, classes, 1)));
        Assert.All(biases, bias => Assert.Equal(Math.Log(1 / 3.0), bias, 1e-5));
    }

    [Fact]
    public void What_does_not_suit_is_refused_with_the_reason()
    {
        Action[] attempts =
        [
            () => PredictionTask.MulticlassClassification("A", classWeights: ClassWeights.Positive(2)),
            () => PredictionTask.BinaryClassification("A", classWeights: ClassWeights.Of(("a", 2))),
            () => ClassWeights.Positive(0),
            () => ClassWeights.Positive(float.NaN),
            () => ClassWeights.Of(("a", -1)),
            () => ClassWeights.Of(("a", 1), ("a", 2)),
            () => PredictionTask.BinaryClassification("A", labelSmoothing: 1),
            () => PredictionTask.BinaryClassification("A", labelSmoothing: -0.1f),
            () => PredictionTask.Regression("A", exampleWeightColumnName: " "),
        ];
        Assert.All(attempts, attempt => Assert.ThrowsAny<ArgumentException>(attempt));
        PredictionTask unknown = PredictionTask.MulticlassClassification("Label", classWeights: ClassWeights.Of(("d", 2)));
        PredictionTask nothing = PredictionTask.MulticlassClassification("Label", classWeights: ClassWeights.Of(("a", 0), ("b", 0)));
        Assert.Contains("nothing would be learned", Assert.Throws<ArgumentException>(() => nothing.LearnValueWeights(_three, [0, 1], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("'d'", Assert.Throws<ArgumentException>(() => unknown.LearnValueWeights(_three, [0, 1], 1)).Message, StringComparison.Ordinal);
    }

    private static float[] Weigh(PredictionTask task, LabelInfo info, float[] labels)
    {
        using IDisposable scope = torch.NewDisposeScope();
        return Fill(task, info, labels, 1).LabelWeights!.data<float>().ToArray();
    }

    private static TaskTargets Fill(PredictionTask task, LabelInfo info, float[] labels, int width)
    {
        int rows = labels.Length / width;
        var data = new TabularData { RowCount = rows, FeatureCount = 1, Features = new float[rows], Labels = [labels], LabelWidths = [width] };
        return Read(new LabelTargets(data, [task], [info], [task.LearnValueWeights(info, labels, width)]), rows);
    }

    private static TaskTargets Read(LabelTargets targets, int rows)
    {
        long[] numbers = [.. Enumerable.Range(0, rows).Select(row => (long)row)];
        var batch = new Batch { RowCount = rows, Rows = torch.tensor(numbers), RowNumbers = numbers, Features = torch.zeros(rows, 1), Targets = new TaskTargets[1] };
        targets.Fill(batch);
        return batch.Targets[0];
    }

    private sealed class Weighted
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public bool Yes { get; init; }

        public float Weight { get; init; }
    }
}
