using System.Globalization;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A table of what was measured over seeds: means ± deviations, and the differences to the first row, seed by seed.</summary>
internal static class PairedTable
{
    /// <param name="heads">The heads of the columns that describe a row.</param>
    /// <param name="names">What was measured.</param>
    /// <param name="rows">Per row what describes it, and a list of the figures of each seed.</param>
    public static void Print(string[] heads, string[] names, IReadOnlyList<(string[] Cells, List<double[]> Figures)> rows)
    {
        Console.WriteLine($"| {string.Join(" | ", heads.Concat(names.SelectMany(name => new[] { name, "difference" })))} |");
        Console.WriteLine($"|{string.Concat(heads.Select(_ => "---|"))}{string.Concat(names.Select(_ => "---|---|"))}");
        foreach ((int i, (string[] cells, List<double[]> own)) in rows.Index())
        {
            List<double[]> differences = [.. own.Zip(rows[0].Figures, (figures, first) => figures.Zip(first, (value, beside) => value - beside).ToArray())];
            IEnumerable<string> figures = names.SelectMany((_, column) => new[] { Describe(own, column, ""), i == 0 ? "" : Describe(differences, column, "+") });
            Console.WriteLine($"| {string.Join(" | ", cells.Concat(figures))} |");
        }
    }

    /// <summary>Tells what a seed gave, for those who wait.</summary>
    public static void Report(string name, int seed, double[] figures) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {name}: {string.Join(", ", figures.Select(value => value.ToString("0.00", CultureInfo.InvariantCulture)))}"));

    private static string Describe(List<double[]> rows, int column, string sign)
    {
        (double mean, double deviation) = (Seeds.GetMeans(rows)[column], Seeds.GetDeviations(rows)[column]);
        return string.Create(CultureInfo.InvariantCulture, $"{(mean >= 0 ? sign : "")}{mean:0.00} ± {deviation:0.00}");
    }
}
