// Networks that learn from one another: is one of them better than if it had learned alone, and when have they converged? Run it with:
//   dotnet run examples/06-mutual-learning.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

// Few rows and noisy labels: peers tell how sure they are, and a label does not.
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

Console.WriteLine("Test rows, the average of three networks, 5 seeds, mean ± deviation:");
Console.WriteLine();
Print("", "Grape: accuracy", "Sweet: accuracy", "Price: R²", "agreement");
Print("---", "---", "---", "---", "---");
foreach (double peerWeight in new[] { 0.0, 1.0 })
{
    var figures = new List<double[]>();
    for (int seed = 1; seed <= 5; seed++)
    {
        using MultiTaskTransformer model = Train(seed, peerWeight, null);
        double[][] members = [.. model.Members.Select(Measure)];
        figures.Add([.. Enumerable.Range(0, 3).Select(i => members.Average(own => own[i])), model.History!.Epochs[^1].Agreement!.Values.Average()]);
    }

    Print([peerWeight == 0 ? "alone" : $"peer weight {peerWeight.ToString(CultureInfo.InvariantCulture)}", .. Describe(figures)]);
}

// How the networks come together, epoch by epoch, until neither their agreement nor their loss moves.
using MultiTaskTransformer converged = Train(1, 1, new Convergence { Patience = 3, MinimumDelta = 0.02 });
TrainingHistory history = converged.History!;
Console.WriteLine();
Console.WriteLine($"Ended by {history.End} after {history.Epochs.Count} epochs. Agreement on the grape, and its loss:");
foreach (TrainingEpoch epoch in history.Epochs.Where(epoch => epoch.Number == 1 || epoch.Number % 10 == 0 || epoch.Number == history.Epochs.Count))
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  epoch {epoch.Number,3}: {epoch.Agreement!["Grape"]:0.000}  {epoch.ValidationLosses!["Grape"]:0.000}"));
}

MultiTaskTransformer Train(int seed, double peerWeight, Convergence? convergence)
{
    var ml = new MLContext(seed);
    return ml.MultiTask.Trainers.MutualLearning(new MutualLearningOptions
    {
        Members =
        [
            ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = tasks,
                SharedLayers = [32],
                HeadLayers = [],
                MaximumNumberOfEpochs = 40,
                LearningRate = 0.01,
                ValidationFraction = 0.2f,
                NumberOfThreads = 1,
            }),
        ],
        NumberOfMembers = 3,
        PeerWeight = peerWeight,
        Result = MutualLearningResult.Ensemble,     // to look at each; BestMember, the default, keeps one
        Convergence = convergence,
        Seed = seed,
    }).Fit(train);
}

double[] Measure(MultiTaskTransformer model)
{
    MultiTaskMetrics metrics = new MLContext().MultiTask.Evaluate(model.Transform(test), tasks);
    return [metrics.Multiclass("Grape").MicroAccuracy, metrics.Binary("IsSweet").Accuracy, metrics.Regression("Price").RSquared];
}

static string[] Describe(List<double[]> figures) =>
    [.. Enumerable.Range(0, 4).Select(i =>
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
