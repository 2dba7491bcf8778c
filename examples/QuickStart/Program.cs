using System.Diagnostics;
using QuickStart;

// dotnet run --project examples/QuickStart                       trains, evaluates, saves, and predicts in a second process
// dotnet run --project examples/QuickStart -- predict model.zip  predicts with a saved model
try
{
    switch (args)
    {
        case []:
            return TrainAndPredict();
        case ["predict", string modelPath]:
            Prediction.Run(modelPath);
            return 0;
        default:
            Screen.Complain("Usage: QuickStart, or QuickStart predict <model.zip>");
            return 2;
    }
}
catch (Exception e)
{
    Screen.Complain($"QuickStart has failed: {e.GetBaseException().Message}");
    Screen.Complain($"Where it happened: {e}");
    return 1;
}

static int TrainAndPredict()
{
    var watch = Stopwatch.StartNew();
    string folder = Directory.CreateTempSubdirectory("MlNetMultiTask.QuickStart-").FullName;
    string modelPath = Training.Run(folder);
    Screen.Say($"The model is saved as {modelPath}");
    Screen.Say("");

    int exitCode = SecondProcess.Run("predict", modelPath);
    if (exitCode != 0)
    {
        Screen.Complain($"The second process has failed with exit code {exitCode}.");
        return exitCode;
    }

    Screen.Say("");
    Screen.Say($"All of it took {watch.Elapsed.TotalSeconds:0.0} s.");
    if (watch.Elapsed > TimeSpan.FromSeconds(60))
    {
        Screen.Complain("Warning: that is unusually long: it should take less than 60 s. Is the machine busy?");
    }

    return 0;
}
