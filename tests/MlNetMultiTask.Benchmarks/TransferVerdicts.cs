using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Distributions;

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
            ComparedTask[][] affected = [.. all.Select(comparison => comparison.Tasks.Take(family.AffectedCount).ToArray())];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{family.Name}, {runs} runs in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
            Console.WriteLine($"  mean improvement of the affected tasks {Describe(affected.Select(tasks => tasks.Average(task => task.Main.Improvement)))}, their error alone {Describe(affected.Select(tasks => tasks.Average(task => task.Main.OtherMean)))}");
            Console.WriteLine($"  by an ordinary paired t, which takes folds for independent, some task would gain or be harmed in {Share(all.Count(comparison => HasOrdinaryDifference(comparison, family.AffectedCount)))} of the runs");
            foreach (TransferVerdict verdict in Enum.GetValues<TransferVerdict>())
            {
                Console.WriteLine($"  {verdict}: any task in {Share(verdicts.Count(run => run.Contains(verdict)))} of the runs, all tasks in {Share(verdicts.Count(run => Array.TrueForAll(run, own => own == verdict)))}, {Share(verdicts.Sum(run => run.Count(own => own == verdict)) / (double)family.AffectedCount)} of the tasks");
            }
        }
    }
    /// <summary>The mean, and how far it may be off: twice its standard error.</summary>
    private static string Describe(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return string.Create(CultureInfo.InvariantCulture, $"{mean:0.0000} ± {2 * Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1) / all.Length):0.0000}");
    }

    /// <summary>Whether there would be a gain or negative transfer without the correction for overlapping training rows, with Bonferroni's for the number of tasks, which rejects some where Holm's does.</summary>
    private static bool HasOrdinaryDifference(SingleTaskComparison comparison, int count) => comparison.Tasks.Take(count).Any(task =>
    {
        double[] differences = [.. task.Main.MultiTaskValues.Zip(task.Main.OtherValues, (together, alone) => alone - together)];
        double mean = differences.Average();
        double error = Math.Sqrt(differences.Sum(difference => (difference - mean) * (difference - mean)) / (differences.Length - 1) / differences.Length);
        return Math.Abs(mean) > error * StudentT.InvCDF(0, 1, differences.Length - 1, 1 - ((1 - comparison.ConfidenceLevel) / 2 / comparison.Tasks.Count));
    });
}
