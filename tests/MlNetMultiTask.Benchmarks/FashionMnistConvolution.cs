using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What convolutions reach on Fashion-MNIST, in the place of dense layers.</summary>
internal static class FashionMnistConvolution
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    /// <summary>Convolutions of 16 and 32 filters and a layer of 48: 83,743 parameters with the heads.</summary>
    private static HardParameterSharingOptions Options(int seed, int epochs, int batchSize, double rate) => new()
    {
        Tasks = _tasks,
        Trunk = Trunk.Convolutional(28, 28, filters: [16, 32], layers: [48]),
        BatchSize = batchSize,
        MaximumNumberOfEpochs = epochs,
        LearningRate = LearningRateSchedule.Cosine(rate),
        Seed = seed,
        NumberOfThreads = 1,
    };

    /// <param name="folder">The folder of the data.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="epochs">The passes over the pictures.</param>
    /// <param name="batchSize">The pictures of a step.</param>
    /// <param name="rate">The learning rate that the cosine begins with.</param>
    public static void Print(string folder, int firstSeed, int seeds, int epochs, int batchSize, double rate)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        Console.WriteLine("| seed | dense: 10 classes | 5 groups | s per epoch | convolutions: 10 classes | 5 groups | s per epoch | times |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var all = new List<double[]>();
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            double[] dense = Train(new HardParameterSharingOptions { Tasks = _tasks, BatchSize = batchSize, MaximumNumberOfEpochs = epochs, LearningRate = LearningRateSchedule.Cosine(rate), Seed = seed, NumberOfThreads = 1 }, train, test);
            double[] convolutional = Train(Options(seed, epochs, batchSize, rate), train, test);
            all.Add([.. dense, .. convolutional, convolutional[^1] / dense[^1]]);
            PrintRow(seed.ToString(CultureInfo.InvariantCulture), all[^1]);
        }

        PrintRow("mean", Seeds.GetMeans(all));
        PrintRow("deviation", Seeds.GetDeviations(all));
    }

    private static double[] Train(HardParameterSharingOptions options, IDataView train, IDataView test)
    {
        var ml = new MLContext(seed: 1);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(options).Fit(train);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [metrics["Class"].Accuracy, metrics["Group"].Accuracy, model.History!.Duration.TotalSeconds / options.MaximumNumberOfEpochs];
    }

    private static void PrintRow(string name, double[] row) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {row[0]:0.0000} | {row[1]:0.0000} | {row[2]:0.00} | {row[3]:0.0000} | {row[4]:0.0000} | {row[5]:0.00} | {row[6]:0.0} |"));
}
