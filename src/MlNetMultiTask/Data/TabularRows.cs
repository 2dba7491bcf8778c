namespace MlNetMultiTask.Data;

/// <summary>Makes data of other data: some of the rows, or some of the features.</summary>
internal static class TabularRows
{
    /// <summary>Some of the rows, in the given order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="chosen">Which; ascending where buffers are reused.</param>
    /// <param name="reuse">Whether the rows move together in their own buffers, so that the given data are no longer of use.</param>
    public static TabularData Select(TabularData rows, int[] chosen, bool reuse)
    {
        float[] Take(float[] values, int width)
        {
            float[] selected = reuse ? values : new float[chosen.Length * width];
            for (int i = 0; i < chosen.Length; i++)
            {
                values.AsSpan(chosen[i] * width, width).CopyTo(selected.AsSpan(i * width));
            }

            return selected;
        }

        float[] TakeExactly(float[] values, int width) => Take(values, width)[..(chosen.Length * width)];

        return new TabularData
        {
            RowCount = chosen.Length,
            FeatureCount = rows.FeatureCount,
            Features = Take(rows.Features, rows.FeatureCount),
            Labels = [.. rows.Labels.Select((labels, i) => TakeExactly(labels, rows.LabelWidths[i]))],
            LabelWidths = rows.LabelWidths,
            Weights = rows.Weights is null ? null : Normalize(TakeExactly(rows.Weights, 1)),
            TaskWeights = rows.TaskWeights is null ? null : [.. rows.TaskWeights.Select(weights => weights is null ? null : TakeExactly(weights, 1))],
            SourceRows = Array.ConvertAll(chosen, row => rows.GetSourceRow(row)),
            SourceRowCount = rows.SourceRowCount,
            SkippedRowCount = reuse ? rows.SkippedRowCount : 0,
            UnknownLabelCount = reuse ? rows.UnknownLabelCount : 0,
        };
    }

    /// <summary>As many rows as there are, drawn with replacement (Efron 1979), in the order in which they lie.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="nextBelow">Returns a random number from 0 to below its argument.</param>
    public static TabularData Draw(TabularData rows, Func<uint, uint> nextBelow)
    {
        int[] drawn = new int[rows.RowCount];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = (int)nextBelow((uint)drawn.Length);
        }

        Array.Sort(drawn);
        return Select(rows, drawn, reuse: false);
    }

    /// <summary>The same rows with some of their features.</summary>
    public static TabularData SelectFeatures(TabularData rows, FeatureSlots slots) => new()
    {
        RowCount = rows.RowCount,
        FeatureCount = slots.Slots.Count,
        Features = slots.Select(rows.Features, rows.RowCount),
        Labels = rows.Labels,
        LabelWidths = rows.LabelWidths,
        Weights = rows.Weights,
        TaskWeights = rows.TaskWeights,
        SourceRows = rows.SourceRows,
        SourceRowCount = rows.SourceRowCount,
        SkippedRowCount = rows.SkippedRowCount,
        UnknownLabelCount = rows.UnknownLabelCount,
    };

    private static float[] Normalize(float[] weights)
    {
        double mean = weights.Average(weight => (double)weight);
        return Array.ConvertAll(weights, weight => (float)(weight / mean));
    }
}
