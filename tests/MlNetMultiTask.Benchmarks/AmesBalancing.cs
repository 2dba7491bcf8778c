using System.Globalization;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Balancing three tasks of a table whose losses are of one scale, or 10,000 times apart.</summary>
internal static class AmesBalancing
{
    private const string Tuned = "Fixed, tuned";

    private static readonly string[] _names = ["Price", "Condition", "Air"];

    private static readonly (string Name, float[] LossWeights)[] _scales =
    [
        ("own scales", [1, 1, 1]),
        ("price 1, condition 0.01, air 0.0001", [1, 1e-2f, 1e-4f]),
        ("price 0.0001, condition 0.01, air 1", [1e-4f, 1e-2f, 1]),
    ];

    private static readonly (string Name, TaskBalancing Method)[] _methods =
    [
        ("Uncertainty", TaskBalancing.Uncertainty()),
        ("Uncertainty, rate 0.05", TaskBalancing.Uncertainty(0.05)),
        ("ImtlL, rate 0.05", TaskBalancing.ImtlL(0.05)),
        ("GeometricMean", TaskBalancing.GeometricMean()),
        ("FAMO", TaskBalancing.FAMO()),
        ("GradNorm", TaskBalancing.GradNorm()),
        ("GradNorm, asymmetry 0", TaskBalancing.GradNorm(asymmetry: 0)),
        ("PCGrad", TaskBalancing.PCGrad()),
        ("CAGrad", TaskBalancing.CAGrad()),
        ("UPGrad", TaskBalancing.UPGrad()),
        ("MGDA", TaskBalancing.MGDA()),
        ("AlignedMTL", TaskBalancing.AlignedMTL()),
        ("ImtlG", TaskBalancing.ImtlG()),
        ("NashMTL", TaskBalancing.NashMTL()),
    ];

    /// <param name="path">The path of ames.csv.</param>
    /// <param name="seeds">How many seeds, from 0; each divides the rows anew.</param>
    /// <param name="epochs">The passes over the rows.</param>
    /// <param name="names">The methods' names, besides the sum; none for all.</param>
    public static void Print(string path, int seeds, int epochs, string[] names)
    {
        (IDataView Train, IDataView Test)[] data = [.. Enumerable.Range(0, seeds).Select(seed => AmesData.Load(path, seed))];
        double[][] alone = [.. data.Select((own, seed) => MeasureAlone(own, seed, epochs))];
        foreach ((string name, float[] lossWeights) in _scales)
        {
            Compare(name, AmesData.GetTasks(lossWeights), data, alone, epochs, names);
        }
    }

    private static void Compare(string scales, PredictionTask[] tasks, (IDataView Train, IDataView Test)[] data, double[][] alone, int epochs, string[] names)
    {
        bool IsWanted(string name) => names.Length == 0 || names.Contains(name);
        bool tunes = IsWanted(Tuned);
        (string Name, TaskBalancing Method)[] constant = [("Sum", TaskBalancing.Sum()), .. tunes ? [(Tuned, TaskBalancing.Sum())] : Array.Empty<(string, TaskBalancing)>()];
        (string Name, TaskBalancing Method)[] methods = [.. constant, .. _methods.Where(method => IsWanted(method.Name))];
        string[] labels = [.. methods.Select(method => method.Name), "a network for each"];
        List<double[]>[] all = [.. labels.Select(_ => new List<double[]>())];
        var chosen = new List<string>();
        foreach ((int seed, (IDataView train, IDataView test)) in data.Index())
        {
            if (tunes)
            {
                methods[1].Method = Tune(tasks, train, seed, epochs);
                chosen.Add(methods[1].Method.ToString());
            }

            for (int i = 0; i < labels.Length; i++)
            {
                double[] figures = i < methods.Length ? Measure(tasks, methods[i].Method, train, test, seed, epochs) : alone[seed];
                double gain = 100 * figures.Zip(alone[seed], (value, single) => (value - single) / single).Average();
                all[i].Add([.. figures, gain]);
                PairedTable.Report($"{scales}, {labels[i]}", seed, all[i][^1]);
            }
        }

        Console.WriteLine($"Loss weights: {scales}. Chosen by tuning: {string.Join("; ", chosen)}");
        Console.WriteLine();
        PairedTable.Print(["method"], ["price: R²", "condition: accuracy", "air: AUC", "Δm"], [.. labels.Select((label, i) => (new[] { label }, all[i]))]);
        Console.WriteLine();
    }

    /// <summary>Chooses constant weights, a factor of 100 apart, by the mean figure of a fifth of the training rows.</summary>
    private static TaskBalancing Tune(PredictionTask[] tasks, IDataView train, int seed, int epochs)
    {
        DataOperationsCatalog.TrainTestData parts = new MLContext(seed).Data.TrainTestSplit(train, testFraction: 0.2, seed: seed);
        float[] grid = [1e-4f, 1e-2f, 1, 1e2f, 1e4f];
        return grid
            .SelectMany(condition => grid.Select(air => TaskBalancing.Fixed((_names[1], condition), (_names[2], air))))
            .MaxBy(candidate => Measure(tasks, candidate, parts.TrainSet, parts.TestSet, seed, epochs).Average())!;
    }

    private static double[] MeasureAlone((IDataView Train, IDataView Test) data, int seed, int epochs) =>
        [.. AmesData.GetTasks([1, 1, 1]).Select(task => Measure([task], TaskBalancing.Sum(), data.Train, data.Test, seed, epochs)[0])];

    private static double[] Measure(PredictionTask[] tasks, TaskBalancing balancing, IDataView train, IDataView test, int seed, int epochs)
    {
        var ml = new MLContext(seed);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = [64, 32],
            HeadLayers = [16],
            BatchSize = 64,
            MaximumNumberOfEpochs = epochs,
            Balancing = balancing,
            NumberOfThreads = 1,
        }).Fit(train);
        if (tasks.Length > 1)
        {
            Console.Error.WriteLine($"weights in the last epoch: {string.Join(", ", tasks.Select(task => string.Create(CultureInfo.InvariantCulture, $"{task.Name} {model.History!.Epochs[^1].TaskWeights[task.Name]:G3}")))}");
        }

        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), tasks);
        return [.. tasks.Select(task => 100 * (task.Name switch
        {
            "Price" => metrics.Regression(task.Name).RSquared,
            "Condition" => metrics.Multiclass(task.Name).MicroAccuracy,
            _ => metrics.Binary(task.Name).AreaUnderRocCurve,
        }))];
    }
}
