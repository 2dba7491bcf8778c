namespace MlNetMultiTask.Data;

/// <summary>Divides rows into folds of about equal size.</summary>
internal static class FoldAssignment
{
    /// <summary>Assigns each row its fold, from 0.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="foldCount">The number of folds.</param>
    /// <param name="groups">Per row the number of its group, whose rows stay together; null where each row is one by itself.</param>
    /// <param name="strata">Per row the number of its stratum, of which each fold is to have its share; null for none.</param>
    /// <param name="permute">Returns a random permutation of that many numbers.</param>
    public static int[] Assign(int rowCount, int foldCount, int[]? groups, int[]? strata, Func<int, long[]> permute)
    {
        int stratumCount = strata is null ? 1 : strata.Max() + 1;
        int[][] members = GetMembers(rowCount, groups);
        long[] order = permute(members.Length);

        // The large groups first: small ones can even out what they leave. Then stratum by stratum, so that what one leaves over is made up for by the next. Equals stay in random order.
        IEnumerable<int[]> queue = order.Select(group => members[group]).OrderByDescending(rows => rows.Length).ThenBy(rows => strata?[rows[0]] ?? 0);
        var folds = new FoldCounts(foldCount, stratumCount);
        int[] assigned = new int[rowCount];
        foreach (int[] rows in queue)
        {
            int fold = folds.Add(rows, row => strata?[row] ?? 0);
            Array.ForEach(rows, row => assigned[row] = fold);
        }

        return assigned;
    }

    private static int[][] GetMembers(int rowCount, int[]? groups)
    {
        if (groups is null)
        {
            return [.. Enumerable.Range(0, rowCount).Select(row => new[] { row })];
        }

        List<int>[] members = [.. Enumerable.Range(0, groups.Max() + 1).Select(_ => new List<int>())];
        for (int row = 0; row < rowCount; row++)
        {
            members[groups[row]].Add(row);
        }

        return [.. members.Select(rows => rows.ToArray())];
    }
}
