using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Evaluation;

/// <summary>Reads the labels of tasks into memory, and nothing else, in one pass.</summary>
internal static class LabelReader
{
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds invalid values; or there are no rows.</exception>
    public static IReadOnlyList<LabelColumn> Read(IDataView data, IReadOnlyList<PredictionTask> tasks, CancellationToken cancellationToken)
    {
        DataViewSchema.Column[] columns = [.. tasks.Select(task => DataColumns.RequireLabel(data.Schema, task))];
        int[] widths = [.. tasks.Select((task, i) => task.GetLabelWidth(columns[i]))];
        GrowingBuffer[] buffers = [.. widths.Select(width => new GrowingBuffer(width, data.GetRowCount()))];
        ValueChecks[] checks = [.. tasks.Select(task => new ValueChecks($"Label column '{task.LabelColumnName}' of task '{task.Name}'", task.ValidValues, "Correct or filter these rows."))];
        long row = 0;
        using (DataViewRowCursor cursor = data.GetRowCursor(columns.DistinctBy(column => column.Index)))
        {
            LabelGetter[] getters = [.. tasks.Select((task, i) => task.CreateLabelGetter(cursor, columns[i], null))];
            for (; cursor.MoveNext(); row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int i = 0; i < getters.Length; i++)
                {
                    Span<float> label = buffers[i].NextRow();
                    getters[i](label);
                    foreach (float value in label)
                    {
                        checks[i].Check(float.IsNaN(value) || tasks[i].IsValid(value), value, row);
                    }

                    buffers[i].Commit();
                }
            }
        }

        Array.ForEach(checks, check => check.ThrowIfAny());
        return row > 0
            ? [.. tasks.Select((task, i) => Create(task, columns[i], widths[i], buffers[i].Span.ToArray()))]
            : throw new ArgumentException("The data has no rows.", nameof(data));
    }

    private static LabelColumn Create(PredictionTask task, DataViewSchema.Column column, int width, float[] values) =>
        new(task, width, values, task.Learn(column, values, width, isTaught: true).Names);
}
