using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Documentation;
using Xunit.Abstractions;

namespace MlNetMultiTask.Tests.Quality;

/// <summary>
/// How good the trainers are with their default options on a small table: means over ten seeds, each with its own split
/// and its own first weights. For comparison: scikit-learn's MLP (64-32, one network per task) reaches
/// .997 / .849 / .838 on such splits.
/// </summary>
[Trait("Category", "Long")]
[Collection(nameof(QualityGroup))]
public sealed class PenguinsTests(ITestOutputHelper output)
{
    private const int Seeds = 10;

    private static readonly PredictionTask[] _tasks =
    [
        PredictionTask.MulticlassClassification("Species"),
        PredictionTask.BinaryClassification("Sex", positiveLabel: "female"),
        PredictionTask.Regression("BodyMass"),
    ];

    [Fact]
    public void Hard_parameter_sharing_is_good_on_all_three_tasks()
    {
        MultiTaskMetrics[] runs = [.. Enumerable.Range(1, Seeds).Select(Run)];

        double species = Report("Species accuracy", runs, run => run.Multiclass("Species").MicroAccuracy);
        double sex = Report("Sex accuracy", runs, run => run.Binary("Sex").Accuracy);
        double bodyMass = Report("BodyMass R²", runs, run => run.Regression("BodyMass").RSquared);
        Assert.True(species >= 0.98, $"species accuracy {species}");
        Assert.True(sex >= 0.82, $"sex accuracy {sex}");
        Assert.True(bodyMass >= 0.78, $"body mass R² {bodyMass}");
    }

    private static MultiTaskMetrics Run(int seed)
    {
        var ml = new MLContext(seed);
        IDataView data = ml.Data.LoadFromTextFile(RepositoryFiles.Penguins, new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
            Columns =
            [
                new("Species", DataKind.String, 0),
                new("Island", DataKind.String, 1),
                new("Measurements", DataKind.Single, 2, 4),
                new("BodyMass", DataKind.Single, 5),
                new("Sex", DataKind.String, 6),
            ],
        });
        DataOperationsCatalog.TrainTestData split = ml.Data.TrainTestSplit(ml.Data.FilterRowsByMissingValues(data, "Measurements"), 0.3, seed: seed);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Species")
            .Append(ml.Transforms.Conversion.MapValueToKey("Sex"))
            .Append(ml.Transforms.Categorical.OneHotEncoding("Island"))
            .Append(ml.Transforms.Concatenate("Features", "Measurements", "Island"))
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = _tasks, NumberOfThreads = 1 }));
        using var model = pipeline.Fit(split.TrainSet);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(split.TestSet), _tasks);
        Assert.Equal(metrics["Species"].RowCount, metrics["Sex"].RowCount + metrics["Sex"].MissingLabelCount);
        return metrics;
    }

    private double Report(string name, MultiTaskMetrics[] runs, Func<MultiTaskMetrics, double> select)
    {
        double[] values = [.. runs.Select(select)];
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {mean:0.000} ± {deviation:0.000} over {values.Length} seeds"));
        return mean;
    }
}
