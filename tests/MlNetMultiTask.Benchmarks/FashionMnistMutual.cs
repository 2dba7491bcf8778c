using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What two networks learn from one another on Fashion-MNIST, beside the same two trained by themselves.</summary>
internal static class FashionMnistMutual
{
    private const int NumberOfMembers = 2;

    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    /// <param name="epochs">The passes over the pictures.</param>
    public static void Print(string folder, int seeds, int epochs)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        Console.WriteLine("| seed | task | alone: average network | mutual: average network | gain | alone: mean of both | mutual: mean of both | gain | agreement alone | mutual |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        var all = new List<double[]>();
        for (int seed = 0; seed < seeds; seed++)
        {
            double[][] alone = Train(seed, train, test, 0, epochs);
            double[][] mutual = Train(seed, train, test, 1, epochs);
            all.Add([.. alone.Zip(mutual, Compare).SelectMany(row => row)]);
            PrintRows(seed.ToString(CultureInfo.InvariantCulture), all[^1]);
        }

        PrintRows("mean", Seeds.GetMeans(all));
        PrintRows("deviation", Seeds.GetDeviations(all));
    }

    private static double[] Compare(double[] alone, double[] mutual) =>
        [alone[0], mutual[0], mutual[0] - alone[0], alone[1], mutual[1], mutual[1] - alone[1], alone[2], mutual[2]];

    /// <summary>Per task the accuracy of the average network, that of their mean, and how far they agree.</summary>
    private static double[][] Train(int seed, IDataView train, IDataView test, double peerWeight, int epochs)
    {
        var ml = new MLContext(seed);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.MutualLearning(new MutualLearningOptions
        {
            Members =
            [
                ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
                {
                    Tasks = _tasks,
                    BatchSize = 128,
                    MaximumNumberOfEpochs = epochs,
                    NumberOfThreads = 1,
                }),
            ],
            NumberOfMembers = NumberOfMembers,
            PeerWeight = peerWeight,
            Result = MutualLearningResult.Ensemble,
            Convergence = null,
            Seed = seed,
        }).Fit(train, test);
        MultiTaskMetrics[] members = [.. model.Members.Select(part => ml.MultiTask.Evaluate(part.Transform(test), _tasks))];
        MultiTaskMetrics ensemble = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [.. _tasks.Select(task => (double[])[members.Average(metrics => metrics[task.Name].Accuracy), ensemble[task.Name].Accuracy, model.History!.Epochs[^1].Agreement![task.Name]])];
    }

    private static void PrintRows(string seed, double[] rows)
    {
        foreach ((int i, double[] row) in rows.Chunk(rows.Length / _tasks.Length).Index())
        {
            Console.WriteLine($"| {seed} | {_tasks[i].Name} | {string.Join(" | ", row.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)))} |");
        }
    }
}
