namespace MlNetMultiTask.Data;

/// <summary>Divides rows into those to learn from and those to measure on.</summary>
internal static class TabularSplit
{
    /// <summary>Draws whole groups of rows, in random order, until at least the given share of the rows is drawn.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="groups">Per row the number of its group; null where each row is one by itself.</param>
    /// <param name="fraction">The share to draw.</param>
    /// <param name="permute">Returns a random permutation of that many numbers.</param>
    /// <returns>Per row, whether it is drawn.</returns>
    public static bool[] Draw(int rowCount, int[]? groups, double fraction, Func<int, long[]> permute)
    {
        long wanted = Math.Max(1, (long)Math.Round(fraction * rowCount));
        bool[] drawn = new bool[rowCount];
        if (groups is null)
        {
            foreach (long row in permute(rowCount).Take((int)wanted))
            {
                drawn[row] = true;
            }

            return drawn;
        }

        int[] sizes = new int[groups.Max() + 1];
        Array.ForEach(groups, group => sizes[group]++);
        var drawnGroups = new HashSet<int>();
        long count = 0;
        foreach (long group in permute(sizes.Length).TakeWhile(_ => count < wanted))
        {
            drawnGroups.Add((int)group);
            count += sizes[group];
        }

        return Array.ConvertAll(groups, drawnGroups.Contains);
    }

    /// <summary>Takes the chosen rows out of the data.</summary>
    /// <param name="rows">The rows; their buffers are used for what stays.</param>
    /// <param name="isValidation">Per row, whether it is to measure on.</param>
    /// <exception cref="ArgumentException">One of the sides would have no rows.</exception>
    public static (TabularData Training, TabularData Validation) Apply(TabularData rows, bool[] isValidation)
    {
        int[] validation = [.. Enumerable.Range(0, rows.RowCount).Where(row => isValidation[row])];
        int[] training = [.. Enumerable.Range(0, rows.RowCount).Where(row => !isValidation[row])];
        if (validation.Length == 0 || training.Length == 0)
        {
            throw new ArgumentException(
                $"Of the {rows.RowCount} rows, {training.Length} are left for training and {validation.Length} for validation; both sides need some. "
                + "Look at ValidationFraction, ValidationColumnName and SamplingKeyColumnName: a sampling key of one value keeps all rows on one side.");
        }

        // What is taken out is copied first; then the rest moves together in the buffers.
        TabularData taken = TabularRows.Select(rows, validation, reuse: false);
        return (TabularRows.Select(rows, training, reuse: true), taken);
    }
}
