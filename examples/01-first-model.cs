// The smallest complete program: one model for two tasks. Run it with:  dotnet run examples/01-first-model.cs
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

// (The directives: the library; LibTorch, in the version of Directory.Packages.props; and no warnings about native
// compilation, which single-file programs prepare for unless told otherwise, and which ML.NET does not support.)
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

// 300 houses: a large one is dear, and an old one is cold. Every third owner has not said whether the house is cold.
var random = new Random(1);
House[] houses = [.. Enumerable.Range(0, 300).Select(i => House.Draw(random, coldIsKnown: i % 3 != 0))];

var ml = new MLContext(seed: 1);
var data = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(houses), testFraction: 0.3);
PredictionTask[] tasks = [PredictionTask.Regression("Price"), PredictionTask.BinaryClassification("IsCold")];

var pipeline = ml.Transforms.NormalizeMeanVariance("Features", fixZero: false)
    .Append(ml.MultiTask.Trainers.HardParameterSharing(tasks));
using var model = pipeline.Fit(data.TrainSet);

Console.WriteLine(ml.MultiTask.Evaluate(model.Transform(data.TestSet), tasks));

using var engine = ml.Model.CreatePredictionEngine<House, HousePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
HousePrediction prediction = engine.Predict(new House { Features = [150, 90] });
Console.WriteLine($"150 m², 90 years old: {prediction.Price:0} thousand, cold: {(prediction.IsCold ? "yes" : "no")} (probability {prediction.Probability:0.00})");

internal sealed class House
{
    // Area in m², age in years. ML.NET must know the vector's size.
    [VectorType(2)]
    public float[] Features { get; init; } = [];

    public float Price { get; init; }

    // 1 or 0; NaN is not known.
    public float IsCold { get; init; } = float.NaN;

    public static House Draw(Random random, bool coldIsKnown)
    {
        float area = random.Next(40, 240);
        float age = random.Next(0, 100);
        return new House
        {
            Features = [area, age],
            Price = 50 + (3 * area) - age + random.Next(-40, 40),
            IsCold = coldIsKnown ? (age + random.Next(-20, 20) > 50 ? 1 : 0) : float.NaN,
        };
    }
}

internal sealed class HousePrediction
{
    [ColumnName("Price.Score")]
    public float Price { get; set; }

    [ColumnName("IsCold.PredictedLabel")]
    public bool IsCold { get; set; }

    [ColumnName("IsCold.Probability")]
    public float Probability { get; set; }
}
