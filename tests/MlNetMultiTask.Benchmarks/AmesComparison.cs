using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Whether price, condition and air conditioning are better learned together: against a network for each, and LightGBM.</summary>
internal static class AmesComparison
{
    /// <param name="path">The path of ames.csv.</param>
    /// <param name="repeats">How often the rows are divided into five folds.</param>
    /// <param name="epochs">The passes over the rows.</param>
    public static void Print(string path, int repeats, int epochs)
    {
        var ml = new MLContext(seed: 1);
        PredictionTask[] tasks = AmesData.GetTasks([1, 1, 1]);
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = [64, 32],
            HeadLayers = [16],
            BatchSize = 64,
            MaximumNumberOfEpochs = epochs,
            NumberOfThreads = 1,
        });
        (IDataView data, IEstimator<ITransformer> preprocessing) = AmesData.Read(ml, path);
        long started = Stopwatch.GetTimestamp();
        SingleTaskComparison comparison = ml.MultiTask.CompareWithSingleTask(data, preprocessing, trainer, new SingleTaskComparisonOptions
        {
            NumberOfRepeats = repeats,
            NumberOfFolds = 5,
            Metrics = new Dictionary<string, IReadOnlyList<string>>
            {
                ["Price"] = ["RSquared", "RootMeanSquaredError"],
                ["Condition"] = ["MicroAccuracy", "LogLoss"],
                ["Air"] = ["AreaUnderRocCurve", "LogLoss"],
            },
            Baselines =
            [
                new TaskBaseline("Price", "LightGBM", ml.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options { LabelColumnName = tasks[0].LabelColumnName, NumberOfThreads = 1 })),
                new TaskBaseline("Condition", "LightGBM", ml.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options { LabelColumnName = tasks[1].LabelColumnName, NumberOfThreads = 1 })),
                new TaskBaseline(
                    "Air",
                    "LightGBM",
                    ml.Transforms.Conversion.MapKeyToValue("AirText", "Central_Air")
                        .Append(ml.Transforms.Conversion.MapValue("HasAir", new Dictionary<string, bool> { ["Y"] = true, ["N"] = false }, "AirText"))
                        .Append(ml.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options { LabelColumnName = "HasAir", NumberOfThreads = 1 }))),
            ],
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Price" },
            Progress = new Progress<ComparisonProgress>(Console.Error.WriteLine),
        });
        Console.WriteLine(comparison);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalMinutes:0.0} minutes"));
        Console.WriteLine();
        Console.WriteLine(comparison.ToMarkdown());
    }
}
