using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>All ways of sharing on Fashion-MNIST, each with about the parameters of the default network.</summary>
internal static class FashionMnistWays
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    /// <param name="epochs">The passes over the pictures.</param>
    public static void Print(string folder, int seeds, int epochs)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        new WayComparison(["10 classes", "5 groups"], [10, 5], Measure)
            .Print(seed => new WaySetting(new MLContext(seed), _tasks, [128, 64], [32], BatchSize: 128, epochs, seed), _ => (train, test), seeds);
    }

    private static double[] Measure(MLContext ml, MultiTaskTransformer model, IDataView test)
    {
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [.. _tasks.Select(task => 100 * metrics[task.Name].Accuracy)];
    }
}
