using Microsoft.ML;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Collaboration;

/// <summary>Asks a teacher about data, in the order of their rows, and gives its answers as outputs of the student's tasks.</summary>
/// <param name="teacher">The teacher.</param>
/// <param name="tasks">The student's tasks.</param>
/// <param name="labels">Per task, what is known of its label.</param>
/// <param name="wanted">Per task, whether it is asked for; the teacher knows these.</param>
internal sealed class AnswerReader(Teacher teacher, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<bool> wanted)
{
    /// <summary>The column of features by which rows get fingerprints; null for none.</summary>
    public string? FeatureColumnName { get; init; }

    /// <summary>The rows that are read at a time at most.</summary>
    public const int MaximumRows = 4096;

    private const long MaximumNumbers = 8_000_000;

    private readonly int _chunkSize = (int)Math.Clamp(MaximumNumbers / Math.Max(1, labels.Where((_, i) => wanted[i]).Sum(label => (long)label.OutputCount)), 1, MaximumRows);

    /// <summary>How the outputs of the tasks are found in the teacher's columns; null for tasks that are not asked for.</summary>
    /// <param name="schema">The schema of the teacher's view.</param>
    /// <param name="data">The schema of the data that it is asked about.</param>
    public ScoreMap?[] Map(DataViewSchema schema, DataViewSchema data) =>
        [.. tasks.Select((task, i) => wanted[i] ? task.ReadScores(labels[i]).Map(teacher.FindColumn(task, schema, data)) : null)];

    /// <summary>Reads all rows, some at a time.</summary>
    /// <param name="data">The data.</param>
    /// <param name="warn">Is told what the user should know.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">The teacher does not suit the data or the tasks, or gives what is no score.</exception>
    public IEnumerable<AnswerChunk> Read(IDataView data, Action<string> warn, CancellationToken cancellationToken)
    {
        (IDataView asked, string? mark) = FeatureColumnName is null ? (data, null) : RowFingerprint.Mark(data, FeatureColumnName);
        IDataView view = teacher.Ask(asked);
        ScoreMap?[] maps = Map(view.Schema, data.Schema);
        foreach (string warning in maps.Select(map => map?.Warning).OfType<string>())
        {
            warn(warning);
        }

        TeacherColumn?[] columns = [.. maps.Select((map, i) => map is null ? null : new TeacherColumn(tasks[i], tasks[i].ReadScores(labels[i]), map, labels[i].OutputCount, _chunkSize))];
        TeacherColumn[] active = [.. columns.OfType<TeacherColumn>()];
        float[]?[] values = [.. columns.Select(column => column?.Values)];
        DataViewSchema.Column? features = mark is null ? null : view.Schema.GetColumnOrNull(mark);
        if (mark is not null && features is null)
        {
            warn("The teacher drops columns that it does not know, so that nothing tells whether the data come in the same order each time they are read, as they must: cache them before the trainer (AppendCacheCheckpoint, or mlContext.Data.Cache) unless you know.");
        }

        ulong[]? fingerprints = features is null ? null : new ulong[_chunkSize];
        using DataViewRowCursor cursor = view.GetRowCursor(active.Select(column => (DataViewSchema.Column?)column.Source).Append(features).OfType<DataViewSchema.Column>().DistinctBy(column => column.Index));
        Array.ForEach(active, column => column.Open(cursor));
        Func<ulong>? getFingerprint = features is { } read ? RowFingerprint.CreateGetter(cursor, read) : null;
        long row = 0;
        bool more = true;
        while (more)
        {
            int count = 0;
            while (count < _chunkSize && (more = cursor.MoveNext()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (TeacherColumn column in active)
                {
                    column.Collect(count, row + count);
                }

                if (getFingerprint is not null)
                {
                    fingerprints![count] = getFingerprint();
                }

                count++;
            }

            if (count > 0)
            {
                Array.ForEach(active, column => column.Finish(count));
                yield return new AnswerChunk(row, count, values) { Fingerprints = fingerprints };
                row += count;
            }
        }
    }
}
