using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>The tables of task affinities as texts, the same in every culture. What was not measured at all has none.</summary>
internal static class TaskAffinityText
{
    public static IEnumerable<TextTable> GetTables(TaskAffinity affinity)
    {
        string over = string.Create(
            CultureInfo.InvariantCulture,
            $"{affinity.NumberOfEpochs:N0} {(affinity.NumberOfEpochs == 1 ? "epoch" : "epochs")}{(affinity.NumberOfSeeds == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" of {affinity.NumberOfSeeds} seeds"))}");
        TextTable?[] tables =
        [
            Write(affinity, $"What a step for a task does to each (% of its loss that is gone, mean ± deviation over {over})", "A step for", affinity.GetLookAhead, affinity.GetLookAheadDeviation, 100),
            Write(affinity, $"Cosines of the tasks' gradients (mean ± deviation over {over})", "Task", affinity.GetGradientCosine, affinity.GetGradientCosineDeviation, 1),
            Write(affinity, "Similarity of the last shared layers of networks for one task each (linear CKA)", "Network for", affinity.GetSimilarity, (_, _) => double.NaN, 1),
        ];
        return tables.OfType<TextTable>();
    }

    public static string Describe(string similarityProblem) => $"Similarity: {similarityProblem}";

    private static TextTable? Write(TaskAffinity affinity, string title, string head, Func<string, string, double> get, Func<string, string, double> getDeviation, double factor)
    {
        string Cell(string from, string to)
        {
            (double value, double deviation) = (get(from, to), getDeviation(from, to));
            return double.IsNaN(value) ? "-" : Number(factor * value) + (double.IsNaN(deviation) ? "" : " ± " + Number(factor * deviation));
        }

        return affinity.TaskNames.All(from => affinity.TaskNames.All(to => double.IsNaN(get(from, to))))
            ? null
            : new TextTable(
                title,
                [(head, false), .. affinity.TaskNames.Select(to => (to, true))],
                [.. affinity.TaskNames.Select(from => (string[])[from, .. affinity.TaskNames.Select(to => Cell(from, to))])]);
    }

    /// <summary>Adding 0 turns -0 into 0.</summary>
    private static string Number(double number) => (Math.Round(number, 3) + 0.0).ToString("0.000", CultureInfo.InvariantCulture);
}
