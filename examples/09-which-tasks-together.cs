// Six figures of a building, of which four follow from its use and two from the weather, and a network that is too narrow for both: does learning together help, and which belong together? Run it with:
//   dotnet run examples/09-which-tasks-together.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var ml = new MLContext(seed: 1);
IDataView data = Building.Draw(seed: 1, count: 400);
string[] names = ["Lights", "Heating", "Lifts", "Blinds", "Water", "Cooling"];
MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
{
    Tasks = [.. names.Select(name => PredictionTask.Regression(name))],
    SharedLayers = [1],
    HeadLayers = [],
    Activation = Activation.Tanh,
    LearningRate = LearningRateSchedule.Cosine(0.04),
    BatchSize = 64,
    MaximumNumberOfEpochs = 30,
    NumberOfThreads = 1,
});

// How do the labels map onto one another, before anything is trained?
TaskAnalysis analysis = ml.MultiTask.AnalyzeTasks(data, trainer.Tasks);
Console.WriteLine($"Pairs of labels that share more than chance: {string.Join(", ", analysis.Relations.Where(relation => relation.IsFound && string.CompareOrdinal(relation.From, relation.To) < 0).Select(relation => $"{relation.From}-{relation.To}"))}");
Console.WriteLine();

// Which belong together in two networks? And what do two networks, and one for all six, do to each of them?
var folds = new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 10, EquivalenceMargin = 0.02, Seed = 1 };
TaskGrouping grouping = ml.MultiTask.SuggestGroups(data, preprocessing: null, trainer, numberOfNetworks: 2, new TaskGroupingOptions { Comparison = folds });
Console.WriteLine(grouping);
Console.WriteLine();

// The same table as by CompareWithSingleTask: one network against one for each task.
Console.WriteLine(grouping.AllInOneMeasured);
Console.WriteLine();

// One model with the columns of all six comes out all the same.
using MultiTaskTransformer model = ml.MultiTask.Trainers.TaskGroups(trainer, grouping.Groups).Fit(data);
Console.WriteLine($"One model of {model.Members.Count} networks: {string.Join(", ", model.Tasks.Select(task => task.ScoreColumnName))}");

internal sealed class Building
{
    [VectorType(6)] public float[] Features { get; set; } = [];

    public float Lights { get; set; }

    public float Heating { get; set; }

    public float Lifts { get; set; }

    public float Blinds { get; set; }

    public float Water { get; set; }

    public float Cooling { get; set; }

    public static IDataView Draw(int seed, int count)
    {
        var random = new Random(seed);
        Building DrawOne()
        {
            float[] x = [.. Enumerable.Range(0, 6).Select(_ => (2 * random.NextSingle()) - 1)];
            float use = MathF.Sin(1.5f * (x[0] + x[1] - x[2]));
            float weather = MathF.Sin(1.5f * (x[3] - x[4] + x[5]));
            float Noise() => 0.5f * (random.NextSingle() - 0.5f);
            return new Building
            {
                Features = x,
                Lights = use + Noise(),
                Lifts = (2 * use) + Noise(),
                Water = 5 + (1.5f * use) + Noise(),
                Heating = Noise() - (2 * weather),
                Blinds = use + Noise(),
                Cooling = (1.5f * weather) + Noise(),
            };
        }

        return new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => DrawOne()).ToArray());
    }
}
