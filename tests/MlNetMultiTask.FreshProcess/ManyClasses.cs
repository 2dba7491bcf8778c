using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.FreshProcess;

/// <summary>Ten thousand classes: trains, saves, loads, scores and evaluates, and tells how much memory that took at most.</summary>
internal static class ManyClasses
{
    private const int FeatureCount = 32;
    private const int RowsPerClass = 2;

    public static void Run(int classCount)
    {
        // A class has a place of its own among the features, and its rows lie around it.
        var random = new Random(1);
        float[][] places = [.. Enumerable.Range(0, classCount).Select(_ => Noise(random, 1))];
        Row[] rows = [.. Enumerable.Range(0, RowsPerClass * classCount).Select(i => new Row
        {
            Features = [.. places[i % classCount].Zip(Noise(random, 0.05f), (place, noise) => place + noise)],
            Class = string.Create(CultureInfo.InvariantCulture, $"class {i % classCount}"),
        })];
        random.Shuffle(rows);

        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Class")];
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Class", maximumNumberOfKeys: classCount)
            .Append(ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = tasks,
                SharedLayers = [64],
                HeadLayers = [],
                BatchSize = 250,
                MaximumNumberOfEpochs = 5,
                LearningRate = LearningRateSchedule.Constant(1e-2),
                NumberOfThreads = 1,
            }));
        using var file = new MemoryStream();
        using (var trained = pipeline.Fit(data))
        {
            ml.Model.Save(trained, data.Schema, file);
        }

        var watch = Stopwatch.StartNew();
        ITransformer loaded = ml.Model.Load(file, out _);
        IDataView scored = loaded.Transform(data);
        double binding = watch.Elapsed.TotalSeconds;
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(scored, tasks);
        (loaded as IDisposable)?.Dispose();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{classCount} classes, {metrics["Class"].RowCount} rows: accuracy {metrics["Class"].Accuracy:0.000}, file {file.Length / 1e6:0.0} MB, loaded and bound in {binding:0.00} s, peak {process.PeakWorkingSet64 / 1e6:0} MB"));
    }

    private static float[] Noise(Random random, float scale) => [.. Enumerable.Range(0, FeatureCount).Select(_ => scale * ((2 * random.NextSingle()) - 1))];

    private sealed class Row
    {
        [VectorType(FeatureCount)]
        public required float[] Features { get; init; }

        public required string Class { get; init; }
    }
}
