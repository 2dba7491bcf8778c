using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What the default network reaches on Fashion-MNIST when training stops by itself, and when its rate falls along a cosine.</summary>
internal static class FashionMnistSchedules
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    public static void Print(string folder, int seeds)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        Console.WriteLine("| seed | early stopping: 10 classes | 5 groups | epochs | best | cosine: 10 classes | 5 groups |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var all = new List<double[]>();
        for (int seed = 0; seed < seeds; seed++)
        {
            double[] stopped = Train(seed, train, test, 100, LearningRateSchedule.Constant(1e-3), new EarlyStopping { Patience = 10 });
            double[] cosine = Train(seed, train, test, 20, LearningRateSchedule.Cosine(1e-3), null);
            all.Add([.. stopped, .. cosine[..2]]);
            PrintRow(seed.ToString(CultureInfo.InvariantCulture), all[^1]);
        }

        PrintRow("mean", Seeds.GetMeans(all));
        PrintRow("deviation", Seeds.GetDeviations(all));
    }

    private static double[] Train(int seed, IDataView train, IDataView test, int epochs, LearningRateSchedule rate, EarlyStopping? stopping)
    {
        var ml = new MLContext(seed);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            BatchSize = 128,
            MaximumNumberOfEpochs = epochs,
            LearningRate = rate,
            ValidationFraction = stopping is null ? 0 : 0.1f,
            EarlyStopping = stopping,
            NumberOfThreads = 1,
        }).Fit(train);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [metrics["Class"].Accuracy, metrics["Group"].Accuracy, model.History!.Epochs.Count, model.History.BestEpoch];
    }

    private static void PrintRow(string name, double[] row) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {row[0]:0.0000} | {row[1]:0.0000} | {row[2]:0.#} | {row[3]:0.#} | {row[4]:0.0000} | {row[5]:0.0000} |"));
}
