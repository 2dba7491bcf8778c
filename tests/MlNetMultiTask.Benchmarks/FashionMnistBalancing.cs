using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Every method of balancing on Fashion-MNIST, with its defaults, beside the sum with the same seed.</summary>
internal static class FashionMnistBalancing
{
    /// <summary>All methods, as they are by default.</summary>
    private static readonly TaskBalancing[] _methods =
    [
        TaskBalancing.Sum(),
        TaskBalancing.Uncertainty(), TaskBalancing.DynamicWeightAverage(), TaskBalancing.GeometricMean(), TaskBalancing.Random(), TaskBalancing.ImtlL(), TaskBalancing.STCH(), TaskBalancing.FAMO(), TaskBalancing.GradNorm(),
        TaskBalancing.MGDA(), TaskBalancing.PCGrad(), TaskBalancing.GradVac(), TaskBalancing.CAGrad(), TaskBalancing.ImtlG(), TaskBalancing.NashMTL(), TaskBalancing.FairGrad(), TaskBalancing.AlignedMTL(),
        TaskBalancing.UPGrad(), TaskBalancing.DualProj(),
    ];

    /// <summary>What shows why MGDA is behind, by name only: its weights as constants, and its weights made equal by the loss weight of the task with the shorter gradients.</summary>
    private static readonly (string Name, TaskBalancing Method, float GroupLossWeight)[] _reasons =
    [
        ("MGDA's weights", TaskBalancing.Fixed(("Class", 0.1f), ("Group", 0.9f)), 1),
        ("MGDA, group x 3", TaskBalancing.MGDA(), 3),
    ];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    /// <param name="epochs">The passes over the pictures.</param>
    /// <param name="rate">What the learning rate begins at.</param>
    /// <param name="gradients">Which gradients are balanced.</param>
    /// <param name="names">Names of methods; none for all with their defaults. The sum is always there.</param>
    public static void Print(string folder, int seeds, int epochs, float rate, BalancedGradients gradients, string[] names)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        (string Name, TaskBalancing Method, float GroupLossWeight)[] methods =
        [
            .. _methods.Where((method, i) => i == 0 || names.Length == 0 || names.Contains(method.Name)).Select(method => (method.Name, method, 1f)),
            .. _reasons.Where(reason => names.Contains(reason.Name)),
        ];
        List<double[]>[] all = [.. methods.Select(_ => new List<double[]>())];
        string[][] cells = [.. methods.Select(_ => Array.Empty<string>())];
        for (int seed = 0; seed < seeds; seed++)
        {
            foreach ((int i, (string name, TaskBalancing method, float groupLossWeight)) in methods.Index())
            {
                PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group", lossWeight: groupLossWeight)];
                var ml = new MLContext(seed);
                using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
                {
                    Tasks = tasks,
                    BatchSize = 128,
                    MaximumNumberOfEpochs = epochs,
                    LearningRate = LearningRateSchedule.Cosine(rate),
                    Balancing = method,
                    BalancedGradients = gradients,
                    GradientSamplingInterval = 16,
                    NumberOfThreads = 1,
                }).Fit(train);
                MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), tasks);
                double[] own = [.. tasks.Select(task => 100 * metrics[task.Name].Accuracy)];
                all[i].Add([.. own, own.Average()]);
                PairedTable.Report(name, seed, all[i][^1]);
                cells[i] = [name, DescribeWeights(model.History!.Epochs[0]), .. Describe(model.History.Epochs[^1])];
            }
        }

        Console.WriteLine($"Class is a task of 10 classes, Group of 5. Weights (Class, Group) are means over an epoch, norms and cosines over some of its steps, with seed {seeds - 1}.");
        Console.WriteLine();
        PairedTable.Print(
            ["method", "weights: first epoch", "last", "norms: last", "cosine: last", "conflicts: last"],
            ["10 classes", "5 groups", "mean of both"],
            [.. cells.Zip(all)]);
    }

    private static string[] Describe(TrainingEpoch epoch)
    {
        TaskGradients gradients = epoch.Gradients!;
        return
        [
            DescribeWeights(epoch),
            string.Create(CultureInfo.InvariantCulture, $"{gradients.Norms["Class"]:0.###}, {gradients.Norms["Group"]:0.###}"),
            gradients.GetCosine("Class", "Group").ToString("0.00", CultureInfo.InvariantCulture),
            gradients.GetConflictShare("Class", "Group").ToString("0.00", CultureInfo.InvariantCulture),
        ];
    }

    private static string DescribeWeights(TrainingEpoch epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{epoch.TaskWeights["Class"]:0.###}, {epoch.TaskWeights["Group"]:0.###}");
}
