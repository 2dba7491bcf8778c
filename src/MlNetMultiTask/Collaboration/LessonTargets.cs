using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Collaboration;

/// <summary>Adds what a teacher says to the targets of batches.</summary>
internal sealed class LessonTargets : ITargetSource
{
    private readonly IAnswers _answers;
    private readonly TabularData _rows;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IReadOnlyList<LabelInfo> _labels;
    private readonly IReadOnlyList<(float Temperature, float HardLabelWeight)?> _settings;
    private readonly double[] _labelledShares;
    private readonly float[]?[] _weights;

    /// <param name="answers">What the teacher says.</param>
    /// <param name="rows">The rows of the training.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="labels">Per task, what is known of its label.</param>
    /// <param name="settings">Per task its temperature and what labels weigh; null for tasks that are not taught.</param>
    public LessonTargets(IAnswers answers, TabularData rows, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<(float Temperature, float HardLabelWeight)?> settings)
    {
        _answers = answers;
        _rows = rows;
        _tasks = tasks;
        _labels = labels;
        _settings = settings;
        _labelledShares = [.. tasks.Select((_, i) => GetLabelledShare(rows.Labels[i], rows.LabelWidths[i]))];
        _weights = [.. tasks.Select((_, i) => rows.TaskWeights?[i] is { } weights ? Normalize(weights) : null)];
    }

    public void Fill(Batch batch)
    {
        float[]?[] values = [.. _tasks.Select((_, i) => _settings[i] is null ? null : new float[batch.RowCount * _labels[i].OutputCount])];
        _answers.Write(_rows, batch.RowNumbers.Span, batch.Features.AsSpan(), values);
        GC.KeepAlive(batch.Features);
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (_settings[i] is not { } settings)
            {
                continue;
            }

            int width = _labels[i].OutputCount;
            float[] raw = values[i]!;
            _tasks[i].Standardize(raw, _labels[i]);
            batch.Targets[i].Soft = new SoftTargets(torch.tensor(Array.ConvertAll(raw, value => float.IsNaN(value) ? 0f : value), [batch.RowCount, width]), settings.Temperature, settings.HardLabelWeight)
            {
                LabelledShare = _labelledShares[i],
                RowWeights = _weights[i] is { } weights ? torch.tensor(Array.ConvertAll(batch.RowNumbers.ToArray(), row => weights[row])) : null,

                // What the teacher does not know, it does not know of any row.
                Known = Array.Exists(raw[..width], float.IsNaN)
                    ? torch.tensor(Array.ConvertAll(raw[..width], value => !float.IsNaN(value)))
                    : null,
            };
        }
    }

    public void Dispose()
    {
        // Answers are managed memory, and shared among the members of an ensemble; the tensors of a batch belong to its step.
    }

    /// <summary>Without any label there is no term against labels to be divided.</summary>
    private static double GetLabelledShare(float[] labels, int width)
    {
        int rows = labels.Length / width;
        int labelled = 0;
        for (int row = 0; row < rows; row++)
        {
            labelled += labels.AsSpan(row * width, width).ContainsAnyInRange(float.NegativeInfinity, float.PositiveInfinity) ? 1 : 0;
        }

        return labelled == 0 ? 1 : (double)labelled / rows;
    }

    /// <summary>Brings a task's own weights to mean 1 over all rows: the teacher speaks of each.</summary>
    private static float[] Normalize(float[] weights)
    {
        double mean = weights.Average(weight => (double)weight);
        return Array.ConvertAll(weights, weight => (float)(weight / mean));
    }
}
