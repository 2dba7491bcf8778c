namespace MlNetMultiTask.Evaluation;

/// <summary>The best of all partitions of a few tasks, for each number of groups.</summary>
internal sealed class ExactPartitions
{
    /// <summary>Bell(8) = 4,140 partitions; each task more takes about six times as many.</summary>
    public const int MaximumNumberOfTasks = 8;

    private readonly GroupEffects _affinity;
    private readonly int[] _groups;
    private readonly int[]?[] _best;
    private readonly double[] _totals;

    private ExactPartitions(GroupEffects affinity)
    {
        _affinity = affinity;
        _groups = new int[affinity.Count];
        _best = new int[affinity.Count][];
        _totals = new double[affinity.Count];
    }

    /// <summary>Per number of groups, from 1, the group of each task.</summary>
    /// <remarks>
    /// Groups are numbered by their first tasks, so that each partition comes once, in the order of these numbers: (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 1, 2). Of equal ones the first is taken.
    /// </remarks>
    public static int[][] Find(GroupEffects affinity)
    {
        var search = new ExactPartitions(affinity);
        search.Place(0, new double[affinity.Count], new int[affinity.Count], 0);
        return [.. search._best.OfType<int[]>()];
    }

    private void Place(int task, double[] sums, int[] sizes, int count)
    {
        if (task == _affinity.Count)
        {
            Compare(sums, sizes, count);
            return;
        }

        for (int group = 0; group <= count && group < _affinity.Count; group++)
        {
            double before = sums[group];
            for (int other = 0; other < task; other++)
            {
                sums[group] += _groups[other] == group ? _affinity.GetPair(other, task) : 0;
            }

            _groups[task] = group;
            sizes[group]++;
            Place(task + 1, sums, sizes, Math.Max(count, group + 1));
            sizes[group]--;
            sums[group] = before;
        }
    }

    private void Compare(double[] sums, int[] sizes, int count)
    {
        double total = 0;
        for (int group = 0; group < count; group++)
        {
            total += GroupEffects.GetEffect(sums[group], sizes[group]);
        }

        if (_best[count - 1] is null || total > _totals[count - 1] + _affinity.Rounding)
        {
            _best[count - 1] = [.. _groups];
            _totals[count - 1] = total;
        }
    }
}
