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
        (int exitCode, string output, string error) = Run(modelPath, data, culture);

        Assert.True(exitCode == 0, error);
        Assert.Empty(output);
        return File.ReadAllBytes(ScoresPath(modelPath));
    }

    /// <summary>What such a process says that has not registered the networks of users.</summary>
    public static string FailUnregistered(string modelPath, IDataView data)
    {
        (int exitCode, _, string error) = Run(modelPath, data, "", "unregistered");

        Assert.NotEqual(0, exitCode);
        return error;
    }

    private static string ScoresPath(string modelPath) => modelPath + ".scores";

    private static (int ExitCode, string Output, string Error) Run(string modelPath, IDataView data, params string[] arguments)
    {
        string dataPath = modelPath + ".idv";
        var ml = new MLContext();
        using (FileStream file = File.Create(dataPath))
        {
            ml.Data.SaveAsBinary(data, file, keepHidden: false);
        }

        var start = new ProcessStartInfo("dotnet", [Program, modelPath, dataPath, ScoresPath(modelPath), .. arguments])
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
        return (process.ExitCode, output, error.Result);
    }
}
