using System.Diagnostics;
using Microsoft.ML;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Scores in another process, which knows nothing but the files.</summary>
internal static class FreshProcess
{
    private const string Name = "MlNetMultiTask.FreshProcess";

    /// <summary>The program: its output folder is beside that of the tests, of the same configuration.</summary>
    public static string Program { get; } =
        Path.Combine(AppContext.BaseDirectory.Replace("MlNetMultiTask.Tests", Name, StringComparison.Ordinal), Name + ".dll");

    public static byte[] Score(string modelPath, IDataView data, string culture)
    {
        string dataPath = modelPath + ".idv";
        string scoresPath = modelPath + ".scores";
        var ml = new MLContext();
        using (FileStream file = File.Create(dataPath))
        {
            ml.Data.SaveAsBinary(data, file, keepHidden: false);
        }

        var start = new ProcessStartInfo("dotnet", [Program, modelPath, dataPath, scoresPath, culture])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        // As many threads as the tests have: then equal bits are promised.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["MKL_NUM_THREADS"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, error.Result);
        Assert.Empty(output);
        return File.ReadAllBytes(scoresPath);
    }
}
