using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What five networks together are worth on Fashion-MNIST beside one of them.</summary>
internal static class FashionMnistEnsembles
{
    private const int NumberOfMembers = 5;
    private const int NumberOfEpochs = 5;

    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")];

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    public static void Print(string folder, int seeds)
    {
        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        LearningRateSchedule constant = LearningRateSchedule.Constant(1e-3);
        (string Name, LearningRateSchedule Rate, EnsembleCombiner Combiner, bool Bootstrap)[] ways =
        [
            ("mean", constant, EnsembleCombiner.Mean, false),
            ("median", constant, EnsembleCombiner.Median, false),
            ("vote", constant, EnsembleCombiner.Vote, false),
            ("mean, bootstrap", constant, EnsembleCombiner.Mean, true),
            ("mean, cosine", LearningRateSchedule.Cosine(1e-3), EnsembleCombiner.Mean, false),
        ];
        Console.WriteLine("| seed | combined by | 10 classes: average member | ensemble | gain | 5 groups: average member | ensemble | gain |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((string name, LearningRateSchedule rate, EnsembleCombiner combiner, bool bootstrap) in ways)
        {
            var all = new List<double[]>();
            for (int seed = 0; seed < seeds; seed++)
            {
                all.Add(Train(seed, train, test, rate, combiner, bootstrap));
                PrintRow(seed.ToString(CultureInfo.InvariantCulture), name, all[^1]);
            }

            PrintRow("mean", name, Seeds.GetMeans(all));
            PrintRow("deviation", name, Seeds.GetDeviations(all));
        }
    }

    private static double[] Train(int seed, IDataView train, IDataView test, LearningRateSchedule rate, EnsembleCombiner combiner, bool bootstrap)
    {
        var ml = new MLContext(seed);
        HardParameterSharingTrainer member = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            BatchSize = 128,
            MaximumNumberOfEpochs = NumberOfEpochs,
            LearningRate = rate,
            NumberOfThreads = 1,
        });
        using MultiTaskTransformer model = ml.MultiTask.Trainers.Ensemble(new EnsembleOptions
        {
            Members = [member],
            NumberOfMembers = NumberOfMembers,
            Combiner = combiner,
            Bootstrap = bootstrap,
            Seed = seed,
            MaximumNumberOfParallelMembers = Environment.ProcessorCount,
        }).Fit(train);
        MultiTaskMetrics[] members = [.. model.Members.Select(part => ml.MultiTask.Evaluate(part.Transform(test), _tasks))];
        MultiTaskMetrics ensemble = ml.MultiTask.Evaluate(model.Transform(test), _tasks);
        return [.. _tasks.SelectMany(task =>
        {
            double average = members.Average(metrics => metrics[task.Name].Accuracy);
            return (double[])[average, ensemble[task.Name].Accuracy, ensemble[task.Name].Accuracy - average];
        })];
    }

    private static void PrintRow(string seed, string name, double[] row) =>
        Console.WriteLine($"| {seed} | {name} | {string.Join(" | ", row.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)))} |");
}
