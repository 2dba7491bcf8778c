using System.Diagnostics;
using System.Globalization;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Peak memory of a process, native memory included: each measurement runs in a process of its own.</summary>
internal static class MemoryUse
{
    private const int RowCount = 60_000;
    private const int BatchSize = 128;
    private const int Repetitions = 3;

    /// <summary>What a process does, each on top of the data alone.</summary>
    private static readonly Dictionary<string, Action<Workload>> _cases = new()
    {
        ["data"] = _ => { },
        ["plain"] = workload => PlainTraining.Run(workload, BatchSize, 1),
        ["fit"] = workload => workload.MakeTrainer(BatchSize, 1).Fit(workload.View).Dispose(),
        ["score"] = Score,
    };

    /// <summary>Prints the medians of several processes.</summary>
    public static void Print()
    {
        double data = Measure("data");
        Console.WriteLine(FormattableString.Invariant($"Peak memory above that of the data ({data:0} MB with the runtime, of it {4e-6 * RowCount * 784:0} MB of features, twice), medians of {Repetitions} processes."));
        Console.WriteLine();
        Console.WriteLine($"| {RowCount} rows, {Workload.Reference(1).Name} | MB |");
        Console.WriteLine("|---|---|");
        Console.WriteLine(FormattableString.Invariant($"| plain loop, an epoch at batch {BatchSize}, its tensors over the features in memory | {Measure("plain") - data:0} |"));
        Console.WriteLine(FormattableString.Invariant($"| Fit, an epoch at batch {BatchSize} | {Measure("fit") - data:0} |"));
        Console.WriteLine(FormattableString.Invariant($"| Fit on 1,000 rows, and all scores of the view | {Measure("score") - data:0} |"));
    }

    /// <summary>Runs a case in this process, and prints the peak of its memory in bytes.</summary>
    public static void Run(string name)
    {
        Workload workload = Workload.Reference(RowCount);
        _cases[name](workload);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(process.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
        GC.KeepAlive(workload);
    }

    private static void Score(Workload workload)
    {
        using MultiTaskTransformer model = Workload.Reference(1000).MakeTrainer(BatchSize, 1).Fit(Workload.Reference(1000).View);
        Columns.Read(model.Transform(workload.View), [.. model.Tasks.Select(task => task.ScoreColumnName)]);
    }

    private static double Measure(string name) => Enumerable.Range(0, Repetitions).Select(_ => MeasureOnce(name)).Order().ElementAt(Repetitions / 2);

    private static double MeasureOnce(string name)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["memory", name]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) / 1e6 : throw new InvalidOperationException($"The measurement '{name}' failed.");
    }
}
