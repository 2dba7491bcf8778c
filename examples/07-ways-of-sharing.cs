// Six tasks in two groups: should they share one network, and how? Run it with:
//   dotnet run examples/07-ways-of-sharing.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

// What was chosen, so that there is something to see: the three tasks of a group are nearly the same function of four features, and the groups have nothing in common.
// Labels are few (50 for each task, and a row has only one of them), so that a task by itself learns badly. All ways have about as many parameters as six networks of 29
// units: what differs is how they are shared, not how many there are. Each seed draws functions, rows and first weights anew.
const int SeedCount = 10;
const int TrainingRows = 300;
const int Epochs = 150;
string[] groupA = ["A1", "A2", "A3"];
string[] groupB = ["B1", "B2", "B3"];
PredictionTask[] tasks = [.. groupA.Concat(groupB).Select(name => (PredictionTask)PredictionTask.Regression(name))];
LearningRateSchedule rate = LearningRateSchedule.Cosine(0.04);

// A trunk of one layer has (4 + 1) w parameters, a gate of e experts (4 + 1) e, and a linear head w + 1: the widths w bring all ways to about 1,050.
(string Name, int Width, int Parameters, Func<MultiTaskTrainers, int, MultiTaskTrainer[]> Create)[] ways =
[
    ("hard, one network for all", 95, 1051, (trainers, width) => [Hard(trainers, width, tasks)]),
    ("hard, one for each group", 65, 1046, (trainers, width) => [Hard(trainers, width, tasks[..3]), Hard(trainers, width, tasks[3..])]),
    ("separate networks", 29, 1050, (trainers, width) => [Soft(trainers, width, 0, null)]),
    ("soft, all tasks", 29, 1050, (trainers, width) => [Soft(trainers, width, 0.03f, null)]),
    ("soft, inside the groups", 29, 1050, (trainers, width) => [Soft(trainers, width, 0.03f, TaskGraph.Groups(groupA, groupB))]),
    ("cross-stitch units", 28, 1050, (trainers, width) => [CrossStitch(trainers, width)]),
    ("mixture of 4 experts", 36, 1062, (trainers, width) => [Mixture(trainers, width)]),
    ("extraction, 2 shared experts", 21, 1062, (trainers, width) => [Extraction(trainers, width)]),
];

double[][] figures = [.. ways.Select(_ => new double[SeedCount])];
ExpertUse? use = null;
var units = new List<CrossStitchUnit>();
for (int seed = 1; seed <= SeedCount; seed++)
{
    (IDataView train, IDataView test) = Reading.Draw(seed, TrainingRows);
    for (int way = 0; way < ways.Length; way++)
    {
        MultiTaskTransformer[] models = [.. ways[way].Create(new MLContext(seed).MultiTask.Trainers, ways[way].Width).Select(trainer => trainer.Fit(train))];
        figures[way][seed - 1] = models.SelectMany(Measure).Average();
        units.AddRange(models[0].GetCrossStitchUnits());
        if (seed == 1 && ways[way].Name.StartsWith("mixture", StringComparison.Ordinal))
        {
            use = models[0].MeasureExpertUse(test);
        }

        Array.ForEach(models, model => model.Dispose());
        double[] Measure(MultiTaskTransformer model)
        {
            MultiTaskMetrics metrics = new MLContext().MultiTask.Evaluate(model.Transform(test), model.Tasks);
            return [.. model.Tasks.Select(task => metrics.Regression(task.Name).RSquared)];
        }
    }
}

Console.WriteLine($"Mean R² of the six tasks on test rows, {SeedCount} seeds, mean ± deviation:");
Console.WriteLine();
Print("", "units", "parameters", "R²", "beside one network for all");
Print("---", "---", "---", "---", "---");
foreach (((string name, int width, int parameters, _), double[] own) in ways.Zip(figures))
{
    string difference = ReferenceEquals(own, figures[0]) ? "" : Describe([.. own.Zip(figures[0], (value, hard) => value - hard)], "+0.000;-0.000");
    Print(name, Text(width, "0"), Text(parameters, "0"), Describe(own, "0.000"), difference);
}

Console.WriteLine();
Console.WriteLine("What the gates of the mixture give to each expert, seed 1:");
Console.WriteLine(use);

// Behind the layer, cross-stitch units tell what each task takes of another: much of its group, or of the other one?
Console.WriteLine();
Console.WriteLine("What a task takes of another by its cross-stitch unit, mean ± deviation over seeds:");
Console.WriteLine($"inside a group {Describe(Taken(true), "0.000")}, between the groups {Describe(Taken(false), "0.000")}");

Console.WriteLine();
Console.WriteLine("When to use what, as far as these tasks tell:");
Tell("one network for all beside separate ones", 0, 2, "with few labels for each task, share in some way");
Tell("two networks that know the groups beside one for all", 1, 0, "where one network has room for all, groups need not be told apart");
Tell("soft sharing inside the groups beside separate networks", 4, 2, "soft sharing is for tasks that are nearly alike");
Tell("soft sharing of all beside separate networks", 3, 2, "it should not tie tasks that have nothing in common");
Tell("cross-stitch units beside separate networks", 5, 2, "they find out by themselves who is of use");
Tell("mixture of experts beside one network for all", 6, 0, "gates that read the features make more of as many parameters");
Tell("extraction beside the mixture", 7, 6, "experts of their own are for tasks that would disturb one another");

void Tell(string what, int way, int other, string advice) =>
    Console.WriteLine($"  {Describe([.. figures[way].Zip(figures[other], (value, beside) => value - beside)], "+0.000;-0.000")}  {what}: {advice}");

double[] Taken(bool inside) => [.. units.Select(unit => (
    from taker in unit.TaskNames
    from giver in unit.TaskNames
    where taker != giver && (taker[0] == giver[0]) == inside
    select unit[taker, giver]).Average())];

HardParameterSharingTrainer Hard(MultiTaskTrainers trainers, int width, PredictionTask[] learned) => trainers.HardParameterSharing(new HardParameterSharingOptions
{
    Tasks = learned,
    SharedLayers = [width],
    HeadLayers = [],
    BatchSize = TrainingRows,
    MaximumNumberOfEpochs = Epochs,
    LearningRate = rate,
    NumberOfThreads = 1,
});

SoftParameterSharingTrainer Soft(MultiTaskTrainers trainers, int width, float strength, TaskGraph? graph) => trainers.SoftParameterSharing(new SoftParameterSharingOptions
{
    Tasks = tasks,
    TrunkLayers = [width],
    HeadLayers = [],
    SharingStrength = strength,
    TaskGraph = graph,
    BatchSize = TrainingRows,
    MaximumNumberOfEpochs = Epochs,
    LearningRate = rate,
    NumberOfThreads = 1,
});

CrossStitchTrainer CrossStitch(MultiTaskTrainers trainers, int width) => trainers.CrossStitch(new CrossStitchOptions
{
    Tasks = tasks,
    TrunkLayers = [width],
    HeadLayers = [],
    BatchSize = TrainingRows,
    MaximumNumberOfEpochs = Epochs,
    LearningRate = rate,
    NumberOfThreads = 1,
});

MultiGateMixtureOfExpertsTrainer Mixture(MultiTaskTrainers trainers, int width) => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
{
    Tasks = tasks,
    NumberOfExperts = 4,
    ExpertLayers = [width],
    HeadLayers = [],
    BatchSize = TrainingRows,
    MaximumNumberOfEpochs = Epochs,
    LearningRate = rate,
    NumberOfThreads = 1,
});

ProgressiveLayeredExtractionTrainer Extraction(MultiTaskTrainers trainers, int width) => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
{
    Tasks = tasks,
    NumberOfLevels = 1,
    NumberOfSharedExperts = 2,
    NumberOfTaskExperts = 1,
    ExpertLayers = [width],
    HeadLayers = [],
    BatchSize = TrainingRows,
    MaximumNumberOfEpochs = Epochs,
    LearningRate = rate,
    NumberOfThreads = 1,
});

static string Describe(double[] values, string format)
{
    double mean = values.Average();
    double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    return $"{Text(mean, format)} ± {Text(deviation, "0.000")}";
}

static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

static void Print(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, i) => cell.PadRight(i == 0 ? 29 : i < 3 ? 10 : 16)))} |");

internal sealed class Reading
{
    [VectorType(4)]
    public float[] Features { get; init; } = [];

    public float A1 { get; init; }

    public float A2 { get; init; }

    public float A3 { get; init; }

    public float B1 { get; init; }

    public float B2 { get; init; }

    public float B3 { get; init; }

    /// <summary>y = Σ cₖ sin(2.5 dₖ x) + noise: directions d and the larger part of c belong to the group, the rest of c to the task.</summary>
    public static (IDataView Train, IDataView Test) Draw(int seed, int rows)
    {
        var random = new Random(seed);
        double[][][] directions = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 3).Select(_ => DrawDirection(random)).ToArray())];
        int[][] signs = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 3).Select(_ => (2 * random.Next(2)) - 1).ToArray())];
        double[][] factors = [.. Enumerable.Range(0, 6).Select(task => Enumerable.Range(0, 3).Select(k => signs[task / 3][k] + Noise(0.3)).ToArray())];

        Reading Make(int? labelled)
        {
            float[] x = [.. Enumerable.Range(0, 4).Select(_ => (2 * random.NextSingle()) - 1)];
            float Value(int task) => labelled is { } only && only != task
                ? float.NaN
                : (float)(factors[task].Zip(directions[task / 3], (factor, direction) => factor * Math.Sin(2.5 * direction.Zip(x, (d, value) => d * value).Sum())).Sum() + Noise(0.25));
            return new Reading { Features = x, A1 = Value(0), A2 = Value(1), A3 = Value(2), B1 = Value(3), B2 = Value(4), B3 = Value(5) };
        }

        double Noise(double size) => size * ((2 * random.NextDouble()) - 1);

        DataOperationsCatalog data = new MLContext().Data;
        return (data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => Make(i % 6)).ToArray()), data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(_ => Make(null)).ToArray()));
    }

    private static double[] DrawDirection(Random random)
    {
        double[] values = [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() - 0.5)];
        double length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => value / length)];
    }
}
