using System.Diagnostics;
using System.Globalization;

namespace MlNetMultiTask.Benchmarks;

/// <summary>How often verdicts on artificial data are right.</summary>
internal static class TransferVerdicts
{
    /// <param name="runs">How many data sets are drawn of each family.</param>
    /// <param name="name">A part of the families' names; empty for all.</param>
    public static void Print(int runs, string name)
    {
        foreach (TransferFamily family in TransferFamily.All.Where(family => family.Name.Contains(name, StringComparison.Ordinal)))
        {
            long started = Stopwatch.GetTimestamp();
            SingleTaskComparison[] all = [.. Enumerable.Range(1, runs).Select(family.Compare)];
            TransferVerdict[][] verdicts = [.. all.Select(comparison => comparison.Tasks.Take(family.AffectedCount).Select(task => task.Verdict).ToArray())];
            string Share(double count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count / runs:0.0} %");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{family.Name}, {runs} runs in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s: mean improvement of the affected tasks {all.Average(comparison => comparison.Tasks.Take(family.AffectedCount).Average(task => task.Main.Improvement)):0.000}, their error alone {all.Average(comparison => comparison.Tasks.Take(family.AffectedCount).Average(task => task.Main.OtherMean)):0.000}"));
            foreach (TransferVerdict verdict in Enum.GetValues<TransferVerdict>())
            {
                Console.WriteLine($"  {verdict}: any task in {Share(verdicts.Count(run => run.Contains(verdict)))} of the runs, all tasks in {Share(verdicts.Count(run => Array.TrueForAll(run, own => own == verdict)))}, {Share(verdicts.Sum(run => run.Count(own => own == verdict)) / (double)family.AffectedCount)} of the tasks");
            }
        }
    }
}
