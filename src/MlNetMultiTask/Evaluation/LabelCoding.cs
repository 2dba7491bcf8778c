using System.Globalization;

namespace MlNetMultiTask.Evaluation;

/// <summary>
/// Decides as what labels are compared: classes as they are; a number as its values where these repeat, else as bins; a set of labels as one value where whole sets repeat and are known,
/// else slot by slot; a vector of numbers slot by slot.
/// </summary>
internal static class LabelCoding
{
    /// <summary>One row in so many may have a value that does not repeat.</summary>
    private const int RareRows = 100;

    /// <summary>The label of a task, as one or as several.</summary>
    public static IReadOnlyList<ComparedLabel> Code(LabelColumn column, TaskAnalysisOptions options)
    {
        if (column.IsSet && TryCodeSets(column, options) is { } sets)
        {
            return [sets];
        }

        if (column.Width == 1 && !column.IsSet)
        {
            return [CodeSlot(column, 0, null, options)];
        }

        // Slots are coded twice, so that those which are left out take no memory.
        int[] slots =
        [
            .. Enumerable.Range(0, column.Width)
                .Select(slot => (Slot: slot, Entropy: column.Width > options.MaximumNumberOfSlots ? Information.GetEntropy(CodeSlot(column, slot, "", options).Count()) : 0))
                .OrderByDescending(slot => double.IsNaN(slot.Entropy) ? -1 : slot.Entropy)
                .ThenBy(slot => slot.Slot)
                .Take(options.MaximumNumberOfSlots)
                .Select(slot => slot.Slot)
                .Order(),
        ];
        return [.. slots.Select(slot => CodeSlot(column, slot, GetName(column, slot), options))];
    }

    /// <summary>Bins of about as many rows each: for each of the different values, in their order, its bin. A value lies where the middle of its rows does, so that rows of one value stay together.</summary>
    public static int[] GetBins(ReadOnlySpan<int> counts, int numberOfBins)
    {
        long total = 0;
        foreach (int count in counts)
        {
            total += count;
        }

        int[] bins = new int[counts.Length];
        long before = 0;
        long last = -1;
        int used = -1;
        for (int i = 0; i < counts.Length; i++)
        {
            long place = ((2 * before) + counts[i]) * numberOfBins / (2 * total);
            used += place == last ? 0 : 1;
            (bins[i], last) = (used, place);
            before += counts[i];
        }

        return bins;
    }

    private static ComparedLabel CodeSlot(LabelColumn column, int slot, string? name, TaskAnalysisOptions options)
    {
        float[] values = column.Width == 1 ? column.Values : column.GetSlot(slot);
        float[] distinct = [.. values.Where(value => !float.IsNaN(value)).Order().Distinct()];
        int[] codes = Array.ConvertAll(values, value => float.IsNaN(value) ? -1 : Array.BinarySearch(distinct, value));
        if (!column.IsNumber)
        {
            return new ComparedLabel(column.Task.Name, name, column.Task.Kind, LabelBasis.Classes, codes, distinct.Length, distinct.Length, null);
        }

        var label = new ComparedLabel(column.Task.Name, name, column.Task.Kind, LabelBasis.Values, codes, distinct.Length, distinct.Length, values);
        int[] counts = label.Count();
        int numberOfBins = GetNumberOfBins(counts, options);
        if (Repeats(counts, numberOfBins, options))
        {
            return label;
        }

        int[] bins = GetBins(counts, numberOfBins);
        return label with { Basis = LabelBasis.Bins, Codes = Array.ConvertAll(codes, code => code < 0 ? -1 : bins[code]), CodeCount = bins[^1] + 1 };
    }

    /// <summary>Null where sets hardly repeat, or are known in part.</summary>
    private static ComparedLabel? TryCodeSets(LabelColumn column, TaskAnalysisOptions options)
    {
        string?[] sets = new string?[column.RowCount];
        for (int row = 0; row < sets.Length; row++)
        {
            ReadOnlySpan<float> slots = column.Values.AsSpan(row * column.Width, column.Width);
            int missing = slots.Count(float.NaN);
            if (missing > 0 && missing < slots.Length)
            {
                return null;
            }

            sets[row] = missing > 0 ? null : string.Create(slots.Length, (column.Values, Start: row * column.Width), (text, from) =>
            {
                for (int i = 0; i < text.Length; i++)
                {
                    text[i] = from.Values[from.Start + i] != 0f ? '1' : '0';
                }
            });
        }

        string[] distinct = [.. sets.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, int> index = distinct.Index().ToDictionary(set => set.Item, set => set.Index, StringComparer.Ordinal);
        int[] codes = Array.ConvertAll(sets, set => set is null ? -1 : index[set]);
        var label = new ComparedLabel(column.Task.Name, null, column.Task.Kind, LabelBasis.Sets, codes, distinct.Length, distinct.Length, null);
        int[] counts = label.Count();
        return Repeats(counts, GetNumberOfBins(counts, options), options) ? label : null;
    }

    private static int GetNumberOfBins(int[] counts, TaskAnalysisOptions options) =>
        (int)Math.Clamp(counts.Sum(count => (long)count) / options.MinimumRowsPerValue, 2, options.NumberOfBins);

    private static bool Repeats(int[] counts, int numberOfBins, TaskAnalysisOptions options) =>
        counts.Length <= numberOfBins
        || counts.Where(count => count < options.MinimumRowsPerValue).Sum(count => (long)count) * RareRows <= counts.Sum(count => (long)count);

    private static string GetName(LabelColumn column, int slot) =>
        column.Names?.Texts[slot] is { Length: > 0 } name ? name : slot.ToString(CultureInfo.InvariantCulture);
}
