using System.Globalization;
using Microsoft.ML;

namespace QuickStart;

/// <summary>What a service would do: load the saved model, which needs no registration of any kind, and predict.</summary>
internal static class Prediction
{
    public static void Run(string modelPath)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(modelPath, out _);

        // The engine owns the model: it frees the model's native memory when it is disposed.
        using var engine = ml.Model.CreatePredictionEngine<Penguin, PenguinPrediction>(model);

        // What is to be predicted stays empty.
        var penguin = new Penguin { Island = "Biscoe", BillLength = 49.5f, BillDepth = 16.1f, FlipperLength = 227 };
        PenguinPrediction prediction = engine.Predict(penguin);

        Screen.Say("A second process has loaded the model and predicts one penguin:");
        Screen.Say($"  measured  bill {penguin.BillLength} x {penguin.BillDepth} mm, flipper {penguin.FlipperLength} mm, on {penguin.Island}");
        Screen.Say($"  species   {prediction.PredictedSpecies} ({Percent(prediction.SpeciesProbabilities.Max())})");
        Screen.Say(prediction.IsFemale
            ? $"  sex       female ({Percent(prediction.FemaleProbability)})"
            : $"  sex       male ({Percent(1 - prediction.FemaleProbability)})");
        Screen.Say($"  body mass {prediction.BodyMass:0} g");
    }

    private static string Percent(float probability) => (100 * probability).ToString("0.0", CultureInfo.InvariantCulture) + " % sure";
}
