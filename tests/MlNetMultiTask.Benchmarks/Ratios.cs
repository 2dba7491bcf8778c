namespace MlNetMultiTask.Benchmarks;

/// <summary>Prints how fast the library is against what a user would write by hand. Only ratios of one run mean anything.</summary>
internal static class Ratios
{
    private static readonly (string Name, Action<int> Print)[] _parts =
    [
        ("epoch", TrainingRatios.PrintEpochs),
        ("fit", TrainingRatios.PrintFits),
        ("overhead", TrainingRatios.PrintOverheads),
        ("score", ScoringRatios.PrintViews),
        ("predict", ScoringRatios.PrintPredictions),
        ("read", ReadingRatios.Print),
        ("sharing", SharingRatios.PrintEpochs),
        ("ways", WayRatios.PrintEpochs),
        ("balancing", BalancingRatios.PrintEpochs),
    ];

    public static bool HasPart(string name) => Array.Exists(_parts, part => part.Name == name);

    public static string Parts => string.Join(" | ", _parts.Select(part => part.Name));

    /// <param name="pairs">How many pairs of baseline and ours.</param>
    /// <param name="only">The name of the only part to run; empty for all.</param>
    public static void Print(int pairs, string only)
    {
        Console.WriteLine($"Medians of {pairs} interleaved pairs, one thread. Ratio above 1: the library is faster.");
        Console.WriteLine();
        Console.WriteLine("| what | against | batch | baseline ms | ours ms | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach ((_, Action<int> print) in _parts.Where(part => only.Length == 0 || part.Name == only))
        {
            print(pairs);
        }
    }

    /// <summary>Prints a row of the table.</summary>
    public static void Report(string what, string against, int? batchSize, (double Baseline, double Ours, double Ratio) result) =>
        Console.WriteLine(FormattableString.Invariant($"| {what} | {against} | {batchSize} | {result.Baseline * 1000:0.0} | {result.Ours * 1000:0.0} | {result.Ratio:0.00} |"));
}
