using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>What groups are worth where tasks compete for a narrow network.</summary>
public sealed class TaskGroupsQualityTests
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.Regression("A"), PredictionTask.Regression("B"), PredictionTask.Regression("C"), PredictionTask.Regression("D")];

    private readonly MLContext _ml = new(1);

    /// <summary>A and C follow from one half of the features, B and D from the other. With the wrong groups, each network has both to learn.</summary>
    [Fact]
    public void Tasks_that_compete_for_a_narrow_network_are_predicted_better_in_groups_and_not_in_any()
    {
        var random = new Random(1);
        DataOperationsCatalog.TrainTestData data = _ml.Data.TrainTestSplit(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 600).Select(_ => Row.Draw(random)).ToArray()), testFraction: 0.5, seed: 1);
        double Measure(MultiTaskTrainer trainer)
        {
            using MultiTaskTransformer model = trainer.Fit(data.TrainSet);
            MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(data.TestSet), _tasks);
            return _tasks.Average(task => metrics.Regression(task.Name).RSquared);
        }

        (double Together, double Grouped, double Wrong)[] all =
        [
            .. Enumerable.Range(1, 3).Select(seed => (
                Measure(Hard(seed)),
                Measure(_ml.MultiTask.Trainers.TaskGroups(Hard(seed), ["A", "C"], ["B", "D"])),
                Measure(_ml.MultiTask.Trainers.TaskGroups(Hard(seed), ["A", "B"], ["C", "D"])))),
        ];

        Assert.All(all, measured => Assert.True(measured.Grouped > 0.88 && measured.Grouped > measured.Together + 0.04 && measured.Grouped > measured.Wrong + 0.04, $"{measured}"));
        Assert.True(all.Average(measured => measured.Grouped - measured.Together) > 0.08, string.Join(", ", all));
        Assert.True(all.Average(measured => measured.Grouped - measured.Wrong) > 0.08, string.Join(", ", all));
    }

    private HardParameterSharingTrainer Hard(int seed) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = _tasks,
        SharedLayers = [6],
        HeadLayers = [],
        BatchSize = 32,
        MaximumNumberOfEpochs = 40,
        LearningRate = LearningRateSchedule.Cosine(0.03),
        NumberOfThreads = 1,
        Seed = seed,
    });

    private sealed class Row
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }

        public float D { get; set; }

        public static Row Draw(Random random)
        {
            float[] x = [.. Enumerable.Range(0, 6).Select(_ => (2 * random.NextSingle()) - 1)];
            float one = (x[0] * x[1]) + (x[1] * x[2]);
            float other = (x[3] * x[4]) - (x[4] * x[5]);
            return new Row { Features = x, A = one + (0.2f * x[0]), C = one - (0.2f * x[2]), B = other + (0.2f * x[3]), D = other - (0.2f * x[5]) };
        }
    }
}
