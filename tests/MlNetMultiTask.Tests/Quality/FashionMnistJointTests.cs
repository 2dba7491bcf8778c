using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.Benchmarks;
using Xunit.Abstractions;

namespace MlNetMultiTask.Tests.Quality;

/// <summary>Networks that are trained together say together what is not worse than the best of them says alone; docs/benchmarks.md has the figures of five seeds.</summary>
[Trait("Category", "Long")]
[Collection(nameof(QualityGroup))]
public sealed class FashionMnistJointTests(ITestOutputHelper output)
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.BinaryClassification("IsTop")];

    [FashionMnistFact]
    public void Together_they_are_not_worse_than_the_best_of_them_by_more_than_half_a_point()
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, FashionMnistData.Folder, "train");
        IDataView test = FashionMnistData.Read(data, FashionMnistData.Folder, "t10k");
        foreach ((int[] shared, double ownLossWeight) in new[] { (Array.Empty<int>(), 0.0), ([], 1), ([128, 64], 0) })
        {
            using MultiTaskTransformer model = Train(train, shared, ownLossWeight);
            foreach (PredictionTask task in _tasks)
            {
                double Measure(MultiTaskTransformer part) => new MLContext().MultiTask.Evaluate(part.Transform(test), _tasks)[task.Name].Accuracy;
                double best = model.Members.Max(Measure);
                double together = Measure(model);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"shared [{string.Join(", ", shared)}], own losses {ownLossWeight}, {task.Name}: best member {best:0.0000}, together {together:0.0000}"));

                Assert.True(together >= best - 0.005, $"{task.Name}: {together} beside {best}");
                Assert.True(together >= (task == _tasks[0] ? 0.855 : 0.965), $"{task.Name}: {together}");
            }
        }
    }

    private static MultiTaskTransformer Train(IDataView train, int[] shared, double ownLossWeight)
    {
        var ml = new MLContext(seed: 1);
        HardParameterSharingTrainer member = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            SharedLayers = shared.Length > 0 ? [] : [128, 64],
            BatchSize = 128,
            MaximumNumberOfEpochs = 5,
            LearningRate = LearningRateSchedule.Constant(1e-3),
            NumberOfThreads = 1,
        });
        return ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [member], SharedLayers = shared, OwnLossWeight = ownLossWeight }).Fit(train);
    }
}
