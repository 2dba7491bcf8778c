// Five networks instead of one: are they better, and how should their predictions be combined? Run it with:
//   dotnet run examples/04-ensemble.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

// Few rows and noisy labels: there a single network depends most on the luck of its first weights.
var random = new Random(1);
Wine[] wines = [.. Enumerable.Range(0, 1200).Select(_ => Wine.Draw(random))];
var catalog = new MLContext(seed: 1).Data;
var data = catalog.TrainTestSplit(catalog.LoadFromEnumerable(wines), testFraction: 0.75);
var keys = new MLContext(seed: 1).Transforms.Conversion.MapValueToKey("Grape").Fit(data.TrainSet);
IDataView train = keys.Transform(data.TrainSet);
IDataView test = keys.Transform(data.TestSet);
PredictionTask[] tasks =
[
    PredictionTask.MulticlassClassification("Grape"),
    PredictionTask.BinaryClassification("IsSweet"),
    PredictionTask.Regression("Price"),
];

Console.WriteLine("Test rows, 5 seeds, mean ± deviation:");
Console.WriteLine();
Print("", "Grape: accuracy", "Sweet: accuracy", "Price: R²");
Print("---", "---", "---", "---");
EnsembleCombiner[] combiners = [EnsembleCombiner.Mean, EnsembleCombiner.Median, EnsembleCombiner.Vote];
var alone = new List<double[]>();
var together = combiners.Select(_ => new List<double[]>()).ToArray();
for (int seed = 1; seed <= 5; seed++)
{
    for (int i = 0; i < combiners.Length; i++)
    {
        // A context of its own for each way, so that the members are the same.
        var ml = new MLContext(seed);
        var member = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = [32],
            HeadLayers = [],
            MaximumNumberOfEpochs = 30,
            Seed = seed,
            NumberOfThreads = 1,
        });
        using MultiTaskTransformer model = ml.MultiTask.Trainers.Ensemble(new EnsembleOptions
        {
            Members = [member],
            NumberOfMembers = 5,
            Combiner = combiners[i],
            TaskCombiners = new Dictionary<string, EnsembleCombiner> { ["Price"] = i == 0 ? EnsembleCombiner.Mean : EnsembleCombiner.Median },     // numbers can't vote
        }).Fit(train);
        together[i].Add(Measure(ml, model));
        if (i == 0)
        {
            double[][] members = [.. model.Members.Select(part => Measure(ml, part))];
            alone.Add([.. Enumerable.Range(0, 3).Select(figure => members.Average(own => own[figure]))]);
        }
    }
}

Print(["a single network", .. Describe(alone)]);
for (int i = 0; i < combiners.Length; i++)
{
    Print([$"five, {combiners[i]}", .. Describe(together[i])]);
}

double[] Measure(MLContext ml, MultiTaskTransformer model)
{
    MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), tasks);
    return [metrics.Multiclass("Grape").MicroAccuracy, metrics.Binary("IsSweet").Accuracy, metrics.Regression("Price").RSquared];
}

static string[] Describe(List<double[]> figures) =>
    [.. Enumerable.Range(0, 3).Select(i =>
    {
        double mean = figures.Average(row => row[i]);
        double deviation = Math.Sqrt(figures.Sum(row => (row[i] - mean) * (row[i] - mean)) / (figures.Count - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
    })];

static void Print(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells.Select(cell => cell.PadRight(16)))} |");

internal sealed class Wine
{
    [VectorType(6)]
    public float[] Features { get; init; } = [];

    public string Grape { get; init; } = "";

    public bool IsSweet { get; init; }

    public float Price { get; init; }

    public static Wine Draw(Random random)
    {
        float[] x = [.. Enumerable.Range(0, 6).Select(_ => (2 * random.NextSingle()) - 1)];
        double noise = random.NextDouble() - 0.5;
        double taste = Math.Sin(3 * x[0]) + (x[1] * x[2]) + noise;
        return new Wine
        {
            Features = x,
            Grape = taste > 0.5 ? "riesling" : taste > -0.5 ? "merlot" : "syrah",
            IsSweet = (x[0] * x[3]) + (0.5 * noise) > 0,
            Price = (float)(10 + (5 * taste * x[4]) + random.NextDouble()),
        };
    }
}
