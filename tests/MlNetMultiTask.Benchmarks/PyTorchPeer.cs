using System.Diagnostics;
using System.Globalization;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Runs the same training in PyTorch, in a process of its own (fashion_mnist.py).</summary>
internal static class PyTorchPeer
{
    /// <summary>Returns the accuracies on the ten classes and the five groups, and the seconds per epoch.</summary>
    public static double[] Run(string python, string folder, int epochs, int seed)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "fashion_mnist.py");
        var start = new ProcessStartInfo(python, [script, folder, epochs.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = start.Environment["OMP_NUM_THREADS"] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"{python} {script} ended with {process.ExitCode}.");
    }
}
