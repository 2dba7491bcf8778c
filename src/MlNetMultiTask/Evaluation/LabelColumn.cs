using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Evaluation;

/// <summary>The labels of a task, row by row, each of <paramref name="Width"/> numbers; NaN is missing.</summary>
/// <param name="Task">The task.</param>
/// <param name="Width">How many numbers a label is.</param>
/// <param name="Values">The numbers.</param>
/// <param name="Names">The names of classes or slots; null where there are none.</param>
internal sealed record LabelColumn(PredictionTask Task, int Width, float[] Values, LabelNames? Names)
{
    public int RowCount => Values.Length / Width;

    /// <summary>Whether the task is a set of labels.</summary>
    public bool IsSet => Task is MultilabelTask;

    /// <summary>Whether the label is a number, or several.</summary>
    public bool IsNumber => Task is RegressionTask;

    /// <summary>Row by row whether there is a label, in one of its slots at least.</summary>
    public bool[] IsLabelled { get; } = [.. Enumerable.Range(0, Values.Length / Width).Select(row => Values.AsSpan(row * Width, Width).ContainsAnyExcept(float.NaN))];

    /// <summary>The numbers of one slot.</summary>
    public float[] GetSlot(int slot)
    {
        float[] values = new float[RowCount];
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = Values[(row * Width) + slot];
        }

        return values;
    }
}
