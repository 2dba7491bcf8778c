using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MlNetMultiTask;

namespace QuickStart;

/// <summary>Trains one model for three tasks, measures it on penguins that it has not seen, and saves it.</summary>
internal static class Training
{
    /// <summary>What is predicted from the bill, the flipper and the island.</summary>
    private static readonly PredictionTask[] _tasks =
    [
        PredictionTask.MulticlassClassification("Species"),
        PredictionTask.BinaryClassification("Sex", positiveLabel: "female"),
        PredictionTask.Regression("BodyMass"),
    ];

    /// <summary>Returns the path of the saved model.</summary>
    public static string Run(string folder)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = PenguinData.Load(ml, folder);
        DataOperationsCatalog.TrainTestData split = ml.Data.TrainTestSplit(data, testFraction: 0.3);

        Screen.Say("One network learns three things from a penguin's bill, flipper and island:");
        Screen.Say("its species (3 classes), whether it is female (not known of every penguin) and its body mass (a number).");
        using var model = Screen.ShowEpochs(progress => BuildPipeline(ml, progress).Fit(split.TrainSet));

        Screen.Say("The other penguins, which the network has not seen, tell how good it is:");
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(split.TestSet), _tasks);
        MetricsTable.Show(metrics);

        string path = Path.Combine(folder, "model.zip");
        ml.Model.Save(model, data.Schema, path);
        return path;
    }

    private static EstimatorChain<KeyToValueMappingTransformer> BuildPipeline(MLContext ml, IProgress<TrainingProgress> progress) =>

        // Labels: the classes become keys. An empty text becomes the missing key, and is left out of that task alone.
        ml.Transforms.Conversion.MapValueToKey(nameof(Penguin.Species))
            .Append(ml.Transforms.Conversion.MapValueToKey(nameof(Penguin.Sex)))

            // Features: one vector of numbers around 0 (which takes fixZero: false) and of similar size, as networks like them.
            .Append(ml.Transforms.Categorical.OneHotEncoding(nameof(Penguin.Island)))
            .Append(ml.Transforms.Concatenate("Features", nameof(Penguin.BillLength), nameof(Penguin.BillDepth), nameof(Penguin.FlipperLength), nameof(Penguin.Island)))
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))

            // All three tasks in one step.
            .Append(ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = _tasks,
                Progress = progress,

                // For a network this small, waking a second thread costs more than it computes; one thread is fastest.
                NumberOfThreads = 1,
            }))

            // For people: the predicted key as text.
            .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(PenguinPrediction.PredictedSpecies), "Species.PredictedLabel"));
}
