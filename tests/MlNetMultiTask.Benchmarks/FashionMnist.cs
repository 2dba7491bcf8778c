using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Accuracy and time on Fashion-MNIST, seed by seed: 784-128-64, heads 32-10 and 32-5, five epochs of Adam at 0.001, batches of 128.</summary>
internal static class FashionMnist
{
    private const int PixelCount = 28 * 28;
    private const int Epochs = 5;

    private static readonly uint[] _groups = [0, 1, 0, 2, 0, 3, 0, 3, 4, 3];

    public static void Print(string folder, int firstSeed, int seeds)
    {
        var data = new MLContext(seed: 1);
        IDataView train = Read(data, folder, "train");
        IDataView test = Read(data, folder, "t10k");
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];
        Console.WriteLine("| seed | 10 classes | 5 groups | seconds per epoch |");
        Console.WriteLine("|---|---|---|---|");
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
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
            RequireAll(metrics, test);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {seed} | {metrics.Multiclass("Class").MicroAccuracy:0.0000} | {metrics.Multiclass("Group").MicroAccuracy:0.0000} | {clock.Elapsed.TotalSeconds / Epochs:0.00} |"));
        }
    }

    private static void RequireAll(MultiTaskMetrics metrics, IDataView test)
    {
        if (metrics.Tasks.Any(task => task.RowCount != test.GetRowCount()))
        {
            throw new InvalidOperationException("Some pictures have no label.");
        }
    }

    private static IDataView Read(MLContext ml, string folder, string part)
    {
        byte[] pixels = Unzip(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"))[16..];
        byte[] labels = Unzip(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"))[8..];
        return ml.Data.LoadFromEnumerable(labels.Select((label, i) => new Picture
        {
            Features = Array.ConvertAll(pixels[(i * PixelCount)..((i + 1) * PixelCount)], pixel => pixel / 255f),
            Class = label,
            Group = _groups[label],
        }).ToArray());
    }

    private static byte[] Unzip(string path)
    {
        using var unzipped = new MemoryStream();
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        file.CopyTo(unzipped);
        return unzipped.ToArray();
    }

    /// <summary>Remembers how long training has taken, reading the rows not counted.</summary>
    private sealed class EpochClock : IProgress<TrainingProgress>
    {
        public TimeSpan Elapsed { get; private set; }

        public void Report(TrainingProgress value) => Elapsed = value.Elapsed;
    }

    /// <summary>LoadFromEnumerable counts keys from 0, and adds 1 to them.</summary>
    private sealed class Picture
    {
        [VectorType(PixelCount)]
        public required float[] Features { get; init; }

        [KeyType(10)]
        public required uint Class { get; init; }

        [KeyType(5)]
        public required uint Group { get; init; }
    }
}
