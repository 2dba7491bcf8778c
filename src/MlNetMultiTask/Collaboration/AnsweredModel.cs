using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Collaboration;

/// <summary>A model that repeats what a teacher said of rows, in the columns and classes of a student: so that both are evaluated alike, whatever the teacher is.</summary>
internal sealed class AnsweredModel : Model
{
    private readonly float[][] _scores;

    /// <param name="tasks">The tasks.</param>
    /// <param name="labels">Per task, what is known of its label.</param>
    /// <param name="scores">Per task its scores [rows x K], by the numbers of the rows.</param>
    private AnsweredModel(IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, float[][] scores)
        : base(tasks, labels) => _scores = scores;

    public override string FeatureColumnName => throw Unsupported();

    public override int FeatureCount => throw Unsupported();

    /// <summary>Keeps a teacher's answers about data.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="tasks">The student's tasks, all of which the teacher knows.</param>
    /// <param name="labels">Per task, what is known of its label.</param>
    /// <param name="data">The data.</param>
    /// <returns>The model; null where the teacher knows only a part of the outputs of each task.</returns>
    public static AnsweredModel? Ask(Teacher teacher, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IDataView data)
    {
        GrowingBuffer[] buffers = [.. labels.Select(label => new GrowingBuffer(label.OutputCount, data.GetRowCount()))];
        foreach (AnswerChunk chunk in new AnswerReader(teacher, tasks, labels, [.. tasks.Select(_ => true)]).Read(data, _ => { }, CancellationToken.None))
        {
            for (int i = 0; i < buffers.Length; i++)
            {
                using IDisposable inference = torch.inference_mode();
                using IDisposable scope = torch.NewDisposeScope();
                int width = labels[i].OutputCount;
                torch.Tensor scores = tasks[i].Activate(torch.tensor(chunk.Values[i]![..(chunk.Count * width)], [chunk.Count, width]));
                ReadOnlySpan<float> values = scores.AsSpan();
                for (int row = 0; row < chunk.Count; row++)
                {
                    values.Slice(row * width, width).CopyTo(buffers[i].NextRow());
                    buffers[i].Commit();
                }

                GC.KeepAlive(scores);
            }
        }

        int[] whole = [.. Enumerable.Range(0, tasks.Count).Where(i => !buffers[i].Span.ContainsAnyExceptInRange(float.NegativeInfinity, float.PositiveInfinity))];
        return whole.Length == 0 ? null : new AnsweredModel([.. whole.Select(i => tasks[i])], [.. whole.Select(i => labels[i])], [.. whole.Select(i => buffers[i].Values)]);
    }

    public override BoundModel Bind(DataViewSchema schema) => new Bound(this);

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores) => throw Unsupported();

    public override IReadOnlyList<NetworkLayer> DescribeLayers() => throw Unsupported();

    public override void ThrowIfDisposed()
    {
        // It holds managed memory only.
    }

    public override void Save(ModelEntries entries, string prefix) => throw Unsupported();

    public override void Dispose()
    {
        // It holds managed memory only.
    }

    private static NotSupportedException Unsupported() => new("The answers of a teacher are those to certain rows: they can be evaluated, and neither saved nor asked about others.");

    private sealed class Bound(AnsweredModel model) : BoundModel
    {
        public override IReadOnlyList<DataViewSchema.Column> InputColumns => [];

        public override long BytesPerRow => sizeof(float) * model.ScoresPerRow;

        public override BatchScorer CreateScorer(DataViewRow row, int capacity, IReadOnlyList<bool> activeTasks) => new Repeater(model, row, capacity);
    }

    private sealed class Repeater(AnsweredModel model, DataViewRow row, int capacity) : BatchScorer
    {
        private readonly float[][] _batch = [.. model.Labels.Select(label => new float[capacity * label.OutputCount])];

        public override void Collect(int index)
        {
            for (int i = 0; i < _batch.Length; i++)
            {
                int width = model.Labels[i].OutputCount;
                model._scores[i].AsSpan(checked((int)(row.Position * width)), width).CopyTo(_batch[i].AsSpan(index * width, width));
            }
        }

        public override void Score(int count)
        {
            // The scores are there already.
        }

        public override float[] GetScores(int task) => _batch[task];
    }
}
