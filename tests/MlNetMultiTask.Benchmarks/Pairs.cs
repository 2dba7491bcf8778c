using System.Diagnostics;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Times two actions by turns, so that a busy machine disturbs both alike, and compares medians of the pairs' ratios.</summary>
internal static class Pairs
{
    /// <summary>Returns the median times in seconds, and the median of baseline / ours (above 1: ours is faster).</summary>
    public static (double Baseline, double Ours, double Ratio) Measure(int pairs, Action baseline, Action ours) => Measure(pairs, baseline, ours, Time);

    /// <summary>The same of the time that the process had a processor: for one thread on a machine that others keep busy.</summary>
    public static (double Baseline, double Ours, double Ratio) MeasureProcessor(int pairs, Action baseline, Action ours) => Measure(pairs, baseline, ours, TimeProcessor);

    private static (double Baseline, double Ours, double Ratio) Measure(int pairs, Action baseline, Action ours, Func<Action, double> time)
    {
        baseline();
        ours();
        var times = new List<(double Baseline, double Ours)>();
        for (int i = 0; i < pairs; i++)
        {
            // The order changes from pair to pair, so that neither always comes second.
            if (i % 2 == 0)
            {
                double first = time(baseline);
                times.Add((first, time(ours)));
            }
            else
            {
                double first = time(ours);
                times.Add((time(baseline), first));
            }
        }

        return (Median(times.Select(pair => pair.Baseline)), Median(times.Select(pair => pair.Ours)), Median(times.Select(pair => pair.Baseline / pair.Ours)));
    }

    private static double Time(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double TimeProcessor(Action action)
    {
        TimeSpan started = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - started).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
