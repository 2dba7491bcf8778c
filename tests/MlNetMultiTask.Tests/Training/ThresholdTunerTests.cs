using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Training;

public sealed class ThresholdTunerTests
{
    private static readonly PredictionTask[] _tuned =
    [
        PredictionTask.BinaryClassification("Big", decisionThreshold: DecisionThreshold.MaximizeF1()),
        PredictionTask.MultilabelClassification("Tags", decisionThreshold: DecisionThreshold.MaximizeBalancedAccuracy()),
    ];

    [Fact]
    public void A_tuned_threshold_is_the_best_of_all_on_the_validation_data()
    {
        double gain = 0;
        for (uint seed = 2; seed < 7; seed++)
        {
            var ml = new MLContext(seed: 1);
            IDataView train = TestData.View(ml, 80);
            IDataView validation = TestData.View(ml, 60, seed);
            using MultiTaskTransformer plain = Train(new MLContext(seed: 1), [PredictionTask.BinaryClassification("Big"), PredictionTask.MultilabelClassification("Tags")], train, validation);
            using MultiTaskTransformer tuned = Train(new MLContext(seed: 1), _tuned, train, validation);

            MultiTaskMetrics before = ml.MultiTask.Evaluate(plain.Transform(validation), plain.Tasks);
            MultiTaskMetrics after = ml.MultiTask.Evaluate(tuned.Transform(validation), tuned.Tasks);

            Assert.Equal(before.Binary("Big").AreaUnderRocCurve, after.Binary("Big").AreaUnderRocCurve);
            Assert.Equal(BestF1(tuned.Transform(validation)), after["Big"].F1, 1e-9);
            gain += after["Big"].F1 - before["Big"].F1;
        }

        Assert.True(gain > 0.05, $"Tuning brought {gain} in all.");
    }

    [Fact]
    public void Tuned_thresholds_survive_a_file()
    {
        var ml = new MLContext(seed: 1);
        IDataView validation = TestData.View(ml, 60, 2);
        using MultiTaskTransformer tuned = Train(ml, _tuned, TestData.View(ml, 80), validation);
        using var file = new MemoryStream();
        ml.Model.Save(tuned, validation.Schema, file);
        file.Position = 0;
        using MultiTaskTransformer loaded = ml.MultiTask.Find(ml.Model.Load(file, out _));

        Assert.Equal(tuned.Model.Labels[1].Thresholds, loaded.Model.Labels[1].Thresholds);
        Assert.Equal(3, loaded.Model.Labels[1].Thresholds!.Distinct().Count());
        Assert.Equal("MaximizeF1", loaded.Tasks[0].DecisionThreshold!.ToString());
        Assert.Single(loaded.GetDecisionThresholds("Big"));
        Assert.Equal(3, loaded.GetDecisionThresholds("Tags").Count);
        Assert.All(loaded.GetDecisionThresholds("Tags"), threshold => Assert.InRange(threshold, 0f, 1f));
        Assert.Contains("'Other'", Assert.Throws<ArgumentException>(() => loaded.GetDecisionThresholds("Other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tuning_without_validation_data_is_refused_before_training()
    {
        var ml = new MLContext(seed: 1);
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(_tuned);

        ArgumentException e = Assert.Throws<ArgumentException>(() => trainer.Fit(TestData.View(ml)));

        Assert.Contains("task 'Big'", e.Message, StringComparison.Ordinal);
        Assert.Contains("Fit(trainData, validationData)", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The best F1 that any threshold reaches, by trying all.</summary>
    private static double BestF1(IDataView scored)
    {
        float[] probabilities = [.. scored.GetColumn<float>("Big.Probability")];
        bool[] labels = [.. scored.GetColumn<bool>("Big")];
        return probabilities.Max(threshold =>
        {
            int found = labels.Where((label, i) => label && probabilities[i] >= threshold).Count();
            return 2.0 * found / (labels.Count(label => label) + probabilities.Count(p => p >= threshold));
        });
    }

    /// <summary>Three epochs: a model that is not sure yet, so that one half is not the best threshold.</summary>
    private static MultiTaskTransformer Train(MLContext ml, PredictionTask[] tasks, IDataView train, IDataView validation) =>
        ml.MultiTask.Trainers.HardParameterSharing(tasks, maximumNumberOfEpochs: 3).Fit(train, validation);
}
