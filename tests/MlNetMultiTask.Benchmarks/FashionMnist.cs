using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>
/// Accuracy and time on Fashion-MNIST, seed by seed, in turn with a peer in PyTorch: 784-128-64, heads 32-10 and 32-5, five
/// epochs of Adam at 0.001, batches of 128, one thread.
/// </summary>
internal static class FashionMnist
{
    private const int Epochs = 5;

    /// <param name="folder">The folder of the data.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="python">An interpreter with PyTorch; null to leave the peer out.</param>
    public static void Print(string folder, int firstSeed, int seeds, string? python)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        Console.WriteLine("| seed | ours: 10 classes | 5 groups | s per epoch | PyTorch: 10 classes | 5 groups | s per epoch |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var all = new List<double[]>();
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            all.Add([.. Train(seed, train, test), .. python is null ? [double.NaN, double.NaN, double.NaN] : PyTorchPeer.Run(python, folder, Epochs, seed)]);
            PrintRow(seed.ToString(CultureInfo.InvariantCulture), all[^1]);
        }

        PrintRow("mean", [.. Enumerable.Range(0, all[0].Length).Select(column => all.Average(row => row[column]))]);
    }

    private static void PrintRow(string name, double[] row) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {row[0]:0.0000} | {row[1]:0.0000} | {row[2]:0.00} | {row[3]:0.0000} | {row[4]:0.0000} | {row[5]:0.00} |"));

    private static double[] Train(int seed, IDataView train, IDataView test)
    {
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];
        var ml = new MLContext(seed);
        var clock = new EpochClock();
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = [128, 64],
            HeadLayers = [32],
            BatchSize = 128,
            MaximumNumberOfEpochs = Epochs,
            LearningRate = LearningRateSchedule.Constant(1e-3),
            NumberOfThreads = 1,
            Progress = clock,
        }).Fit(train);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), tasks);
        return metrics.Tasks.All(task => task.RowCount == test.GetRowCount())
            ? [metrics.Multiclass("Class").MicroAccuracy, metrics.Multiclass("Group").MicroAccuracy, clock.Elapsed.TotalSeconds / Epochs]
            : throw new InvalidOperationException("Some pictures have no label.");
    }

    /// <summary>Remembers how long training has taken, reading the rows not counted.</summary>
    private sealed class EpochClock : IProgress<TrainingProgress>
    {
        public TimeSpan Elapsed { get; private set; }

        public void Report(TrainingProgress value) => Elapsed = value.Elapsed;
    }
}
