// Three LightGBM models teach one small network, which also learns from rows that have no labels. Run it with:
//   dotnet run examples/05-distillation.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:package Microsoft.ML.LightGbm
#:property PublishAot=false

using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

// 800 wines that somebody has tasted, 6,000 that nobody has, and 4,000 to measure on.
var random = new Random(1);
Wine[] tasted = [.. Enumerable.Range(0, 800).Select(_ => Wine.Draw(random))];
Wine[] untasted = [.. Enumerable.Range(0, 6000).Select(_ => Wine.Draw(random).WithoutLabels())];
Wine[] measured = [.. Enumerable.Range(0, 4000).Select(_ => Wine.Draw(random))];

var ml = new MLContext(seed: 1);
var keys = ml.Transforms.Conversion.MapValueToKey("Grape").Fit(ml.Data.LoadFromEnumerable(tasted));
IDataView View(IEnumerable<Wine> wines) => keys.Transform(ml.Data.LoadFromEnumerable(wines));

// The teacher: a model for each label, as ML.NET has them. Each writes into Score and Probability, so their columns are copied away from the next one.
var lightGbm = ml.Transforms.Conversion.ConvertType("SweetFlag", "IsSweet", DataKind.Boolean)
    .Append(ml.MulticlassClassification.Trainers.LightGbm("Grape", numberOfLeaves: 15, numberOfIterations: 100))
    .Append(ml.Transforms.CopyColumns("GrapeScores", "Score"))
    .Append(ml.BinaryClassification.Trainers.LightGbm("SweetFlag", numberOfLeaves: 15, numberOfIterations: 100))
    .Append(ml.Transforms.CopyColumns("SweetProbability", "Probability"))
    .Append(ml.Regression.Trainers.LightGbm("Price", numberOfLeaves: 15, numberOfIterations: 100))
    .Append(ml.Transforms.CopyColumns("PriceScore", "Score"))
    .Fit(View(tasted));
var teacher = Teacher.From(lightGbm, ("Grape", "GrapeScores"), ("IsSweet", "SweetProbability"), ("Price", "PriceScore"));

// The student: one network for all three.
PredictionTask[] tasks =
[
    PredictionTask.MulticlassClassification("Grape"),
    PredictionTask.BinaryClassification("IsSweet"),
    PredictionTask.Regression("Price"),
];
MultiTaskTrainer Student(int epochs) => ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
{
    Tasks = tasks,
    SharedLayers = [64, 32],
    HeadLayers = [],
    BatchSize = 64,
    MaximumNumberOfEpochs = epochs,
    Seed = 1,
    NumberOfThreads = 1,
});

// As many steps with 800 rows as with 6,800.
using MultiTaskTransformer without = Student(epochs: 255).Fit(View(tasted));
using MultiTaskTransformer student = ml.MultiTask.Trainers.Distillation(teacher, Student(epochs: 30), temperature: 2, hardLabelWeight: 0.3f).Fit(View([.. tasted, .. untasted]));

FidelityReport report = ml.MultiTask.MeasureFidelity(View(measured), teacher, student, without, numberOfThreads: 1);
Console.WriteLine(report);

internal sealed class Wine
{
    [VectorType(6)]
    public float[] Features { get; init; } = [];

    /// <summary>"" where it is not known.</summary>
    public string Grape { get; init; } = "";

    /// <summary>1, 0, or NaN where it is not known: a Boolean can't be missing.</summary>
    public float IsSweet { get; init; } = float.NaN;

    public float Price { get; init; } = float.NaN;

    public Wine WithoutLabels() => new() { Features = Features };

    public static Wine Draw(Random random)
    {
        float[] x = [.. Enumerable.Range(0, 6).Select(_ => (2 * random.NextSingle()) - 1)];
        double noise = random.NextDouble() - 0.5;
        double taste = Math.Sin(3 * x[0]) + (x[1] > 0.2 ? 0.8 : -0.4) + (0.6 * noise);
        return new Wine
        {
            Features = x,
            Grape = taste > 0.6 ? "riesling" : taste > -0.6 ? "merlot" : "syrah",
            IsSweet = (x[0] > 0 ? x[3] : x[4]) + (0.5 * noise) > 0 ? 1 : 0,
            Price = (float)(10 + (5 * taste * (x[4] > 0 ? 1 : 0.4)) + random.NextDouble()),
        };
    }
}
