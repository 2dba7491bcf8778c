// Three tasks share eight hidden units, and one of the losses is ten thousand times smaller: who gets the units, and what can be done about it? Run it with:
//   dotnet run examples/08-balancing.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int SeedCount = 3;

// Methods on losses, of which the fixed weight is what one would write who knew the scale; and methods on gradients.
TaskBalancing[] methods =
[
    TaskBalancing.Sum(),
    TaskBalancing.Fixed(("Fails", 1e4f)),
    TaskBalancing.Uncertainty(learningRate: 0.03),
    TaskBalancing.GeometricMean(),
    TaskBalancing.PCGrad(),
    TaskBalancing.CAGrad(),
    TaskBalancing.NashMTL(),
    TaskBalancing.AlignedMTL(),
];

// How far do the tasks' gradients agree? Sum learns the same whether they are compared or not.
using (MultiTaskTransformer model = Train(1, 1, TaskBalancing.Sum(), comparesGradients: true))
{
    TaskGradients gradients = model.History!.Epochs[^1].Gradients!;
    Console.WriteLine($"The gradients of the last epoch, compared in {gradients.NumberOfSteps} steps:");
    Console.WriteLine(gradients);
    Console.WriteLine($"Power and Wear conflict in {gradients.GetConflictShare("Power", "Wear"):0%} of these steps.");
}

foreach ((float lossWeight, string title) in new[] { (1f, "All losses as they are"), (1e-4f, "The loss of Fails 10,000 times smaller") })
{
    Console.WriteLine();
    Console.WriteLine($"{title}, means of {SeedCount} seeds:");
    Console.WriteLine($"{"method",-36}{"Power R²",10}{"Wear R²",10}{"Fails AUC",11}   weights in the last epoch");
    foreach (TaskBalancing method in methods.Where(method => lossWeight < 1 || method.Name != "Fixed"))
    {
        double[] sums = new double[3];
        IReadOnlyDictionary<string, double> weights = new Dictionary<string, double>();
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            using MultiTaskTransformer model = Train(seed, lossWeight, method, comparesGradients: false);
            MultiTaskMetrics metrics = new MLContext().MultiTask.Evaluate(model.Transform(Machine.Draw(100 + seed, 2000)), model.Tasks);
            sums = [sums[0] + metrics.Regression("Power").RSquared, sums[1] + metrics.Regression("Wear").RSquared, sums[2] + metrics.Binary("Fails").AreaUnderRocCurve];
            weights = model.History!.Epochs[^1].TaskWeights;
        }

        string means = string.Concat(sums.Select((sum, i) => (sum / SeedCount).ToString("0.000", CultureInfo.InvariantCulture).PadLeft(i < 2 ? 10 : 11)));
        Console.WriteLine($"{method,-36}{means}   {string.Join(", ", weights.Select(weight => $"{weight.Key} {weight.Value:G3}"))}");
    }
}

static MultiTaskTransformer Train(int seed, float lossWeight, TaskBalancing balancing, bool comparesGradients) =>
    new MLContext(seed).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = [PredictionTask.Regression("Power"), PredictionTask.Regression("Wear"), PredictionTask.BinaryClassification("Fails", lossWeight: lossWeight)],
        SharedLayers = [8],
        HeadLayers = [],
        MaximumNumberOfEpochs = 20,
        LearningRate = LearningRateSchedule.Cosine(1e-2),
        Balancing = balancing,
        GradientSamplingInterval = comparesGradients ? 5 : null,
        NumberOfThreads = 1,
    }).Fit(Machine.Draw(seed, 1000));

// A machine's power follows its load, its wear hardly, and it fails where a weak part is under load.
internal sealed class Machine
{
    [VectorType(6)] public float[] Features { get; set; } = [];

    public float Power { get; set; }

    public float Wear { get; set; }

    public bool Fails { get; set; }

    public static IDataView Draw(int seed, int count)
    {
        var random = new Random(seed);
        Machine DrawOne()
        {
            float[] x = [.. Enumerable.Range(0, 6).Select(_ => (2 * random.NextSingle()) - 1)];
            float load = (x[0] * x[1]) + x[2];
            return new Machine
            {
                Features = x,
                Power = load + (0.2f * random.NextSingle()),
                Wear = (MathF.Sin(3 * x[3]) * x[4]) - (0.5f * load),
                Fails = load + x[5] + (0.5f * random.NextSingle()) > 0.9f,
            };
        }

        return new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => DrawOne()).ToArray());
    }
}
