namespace MlNetMultiTask.Data;

/// <summary>How many rows of each stratum the folds have so far.</summary>
internal sealed class FoldCounts(int foldCount, int stratumCount)
{
    private readonly int[,] _counts = new int[foldCount, stratumCount];
    private readonly int[] _totals = new int[foldCount];

    /// <summary>Adds rows to the fold that lacks them most, and returns it: that with the fewest rows of their strata, and of these the one with the fewest rows.</summary>
    public int Add(int[] rows, Func<int, int> getStratum)
    {
        int best = 0;
        (long Own, int Total) fewest = (long.MaxValue, int.MaxValue);
        for (int fold = 0; fold < foldCount; fold++)
        {
            long own = 0;
            foreach (int row in rows)
            {
                own += _counts[fold, getStratum(row)];
            }

            if (own < fewest.Own || (own == fewest.Own && _totals[fold] < fewest.Total))
            {
                (best, fewest) = (fold, (own, _totals[fold]));
            }
        }

        foreach (int row in rows)
        {
            _counts[best, getStratum(row)]++;
        }

        _totals[best] += rows.Length;
        return best;
    }
}
