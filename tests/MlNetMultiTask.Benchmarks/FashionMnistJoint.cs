using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What networks that were trained together are worth on Fashion-MNIST, together and alone.</summary>
internal static class FashionMnistJoint
{
    private const int NumberOfMembers = 3;
    private const int NumberOfEpochs = 5;

    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.BinaryClassification("IsTop")];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    public static void Print(string folder, int seeds)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        (string Name, int[] Shared, double? OwnLossWeight)[] forms =
        [
            ("trained apart: an ensemble", [], null),
            ("own trunks", [], 0),
            ("own trunks, own losses too (1)", [], 1),
            ("one trunk", [128, 64], 0),
        ];
        Console.WriteLine("| networks | 10 classes: average member | best member | together | together - best | a top or not: average member | best member | together | together - best |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach ((string name, int[] shared, double? ownLossWeight) in forms)
        {
            List<double[]> all = [.. Enumerable.Range(0, seeds).Select(seed => Train(seed, train, test, shared, ownLossWeight))];
            IEnumerable<string> figures = Seeds.GetMeans(all).Zip(Seeds.GetDeviations(all), (mean, deviation) => string.Create(CultureInfo.InvariantCulture, $"{mean:0.0000} ± {deviation:0.0000}"));
            Console.WriteLine($"| {name} | {string.Join(" | ", figures)} |");
        }
    }

    private static double[] Train(int seed, IDataView train, IDataView test, int[] shared, double? ownLossWeight)
    {
        var ml = new MLContext(seed);
        HardParameterSharingTrainer member = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            SharedLayers = shared.Length > 0 ? [] : [128, 64],
            BatchSize = 128,
            MaximumNumberOfEpochs = NumberOfEpochs,
            LearningRate = LearningRateSchedule.Constant(1e-3),
            NumberOfThreads = 1,
        });
        MultiTaskTrainer trainer = ownLossWeight is { } weight
            ? ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [member], NumberOfMembers = NumberOfMembers, SharedLayers = shared, OwnLossWeight = weight, Seed = seed })
            : ml.MultiTask.Trainers.Ensemble(new EnsembleOptions { Members = [member], NumberOfMembers = NumberOfMembers, Seed = seed });
        using MultiTaskTransformer model = trainer.Fit(train);
        MultiTaskMetrics[] members = [.. model.Members.Select(part => ml.MultiTask.Evaluate(part.Transform(test), _tasks))];
        MultiTaskMetrics together = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [.. _tasks.SelectMany(task =>
        {
            double[] alone = [.. members.Select(metrics => metrics[task.Name].Accuracy)];
            double all = together[task.Name].Accuracy;
            return (double[])[alone.Average(), alone.Max(), all, all - alone.Max()];
        })];
    }
}
