namespace MlNetMultiTask.Evaluation;

/// <summary>Counts the rows that have labels for the same tasks.</summary>
internal static class MissingPatterns
{
    /// <summary>All patterns, the most frequent first; of equally frequent ones that with more labels, and with labels of earlier tasks.</summary>
    public static IReadOnlyList<MissingPattern> Count(IReadOnlyList<LabelColumn> columns)
    {
        int rowCount = columns[0].RowCount;

        // A tree whose branches are "has no label" and "has one", task after task.
        var nodes = new List<int[]> { new int[2] };
        var counts = new List<long> { 0 };
        for (int row = 0; row < rowCount; row++)
        {
            int node = 0;
            foreach (LabelColumn column in columns)
            {
                int branch = column.IsLabelled[row] ? 1 : 0;
                int next = nodes[node][branch];
                if (next == 0)
                {
                    next = nodes.Count;
                    nodes[node][branch] = next;
                    nodes.Add(new int[2]);
                    counts.Add(0);
                }

                node = next;
            }

            counts[node]++;
        }

        var patterns = new List<(bool[] Labelled, long Count)>();
        Collect(0, new bool[columns.Count], 0);
        return
        [
            .. patterns
                .OrderByDescending(pattern => pattern.Count)
                .ThenByDescending(pattern => pattern.Labelled.Count(labelled => labelled))
                .Select(pattern => new MissingPattern
                {
                    LabelledTasks = [.. columns.Select(column => column.Task.Name).Where((_, i) => pattern.Labelled[i])],
                    RowCount = pattern.Count,
                    Share = (double)pattern.Count / rowCount,
                }),
        ];

        void Collect(int node, bool[] labelled, int depth)
        {
            if (depth == labelled.Length)
            {
                patterns.Add(([.. labelled], counts[node]));
                return;
            }

            foreach (int branch in (int[])[1, 0])
            {
                if (nodes[node][branch] != 0)
                {
                    labelled[depth] = branch == 1;
                    Collect(nodes[node][branch], labelled, depth + 1);
                }
            }
        }
    }
}
