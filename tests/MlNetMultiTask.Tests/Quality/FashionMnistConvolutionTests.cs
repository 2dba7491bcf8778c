using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.Benchmarks;
using MlNetMultiTask.Networks;
using Xunit.Abstractions;

namespace MlNetMultiTask.Tests.Quality;

/// <summary>Convolutions see more in pictures than dense layers, with fewer parameters; docs/benchmarks.md has the figures of three seeds.</summary>
[Trait("Category", "Long")]
[Collection(nameof(QualityGroup))]
public sealed class FashionMnistConvolutionTests(ITestOutputHelper output)
{
    private const int Epochs = 5;

    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    [FashionMnistFact]
    public void Convolutions_tell_nine_of_ten_pictures_in_few_epochs_with_few_parameters()
    {
        var ml = new MLContext(seed: 0);
        HardParameterSharingTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            Trunk = Trunk.Convolutional(28, 28, filters: [16, 32], layers: [48]),
            BatchSize = 128,
            MaximumNumberOfEpochs = Epochs,
            LearningRate = LearningRateSchedule.Cosine(3e-3),
            Seed = 0,
            NumberOfThreads = 1,
        });
        long parameters = NetworkKinds.CountParameters(trainer.DescribeNetwork(28 * 28, [10, 5]));
        using MultiTaskTransformer model = trainer.Fit(FashionMnistData.Read(ml, FashionMnistData.Folder, "train"));
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(FashionMnistData.Read(ml, FashionMnistData.Folder, "t10k")), _tasks);
        double classes = metrics.Multiclass("Class").MicroAccuracy;
        double groups = metrics.Multiclass("Group").MicroAccuracy;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parameters} parameters: {classes:0.0000} and {groups:0.0000} after {Epochs} epochs, {model.History!.Duration.TotalSeconds:0} s"));

        Assert.True(classes >= 0.905, $"accuracy over ten classes {classes}");
        Assert.True(groups >= 0.975, $"accuracy over five groups {groups}");
        Assert.InRange(parameters, 1, 100_000);
    }
}
