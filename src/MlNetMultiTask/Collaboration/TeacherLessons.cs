using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Collaboration;

/// <summary>The lessons of one teacher: it is asked once for all trainings on the same data, those of an ensemble's members.</summary>
internal sealed class TeacherLessons(DistillationOptions options) : ITeaching
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _heldOut = [];
    private (LessonRequest Request, IAnswers Answers)? _asked;

    /// <summary>The rows of the training data that some training put aside to measure on.</summary>
    public IReadOnlySet<long> HeldOut => _heldOut;

    public IReadOnlyList<bool>? FindTaught(IReadOnlyList<PredictionTask> tasks)
    {
        bool[] taught = [.. tasks.Select(task => options.Teacher.Knows(task) && options.GetHardLabelWeight(task) < 1)];
        return taught.Contains(true) ? taught : null;
    }

    public ILesson Prepare(LessonRequest request)
    {
        IReadOnlyList<bool> taught = FindTaught(request.Tasks)!;
        IAnswers answers;
        lock (_lock)
        {
            foreach (int row in Enumerable.Range(0, request.HeldOut?.RowCount ?? 0))
            {
                _heldOut.Add(request.HeldOut!.GetSourceRow(row));
            }

            if (_asked is not { } asked || !SuitsToo(asked.Request, request))
            {
                _asked = asked = (request, Ask(request, taught));
            }

            answers = asked.Answers;
        }

        RequireSameOrder(answers, request);
        IReadOnlyList<LabelInfo> labels = [.. request.Labels.Select((label, i) => taught[i] && label.Deviations?.Contains(0f) == true ? LearnScale(answers, request, i) : label)];
        var settings = request.Tasks.Select((task, i) => taught[i] ? (options.GetTemperature(task), options.GetHardLabelWeight(task)) : ((float, float)?)null).ToArray();
        return new Lesson(answers, request.Tasks, labels, settings, answers is LiveAnswers ? request.Rows.FeatureCount : null);
    }

    /// <summary>Whether the answers to one training are those to another.</summary>
    private static bool SuitsToo(LessonRequest asked, LessonRequest request) =>
        ReferenceEquals(asked.Data, request.Data) && asked.Rows.SourceRowCount == request.Rows.SourceRowCount
        && asked.Tasks.Select(task => task.Name).SequenceEqual(request.Tasks.Select(task => task.Name))
        && asked.Labels.Zip(request.Labels).All(pair => pair.First.OutputCount == pair.Second.OutputCount && pair.First.PositiveLabel == pair.Second.PositiveLabel
            && (pair.First.Names?.Texts ?? []).SequenceEqual(pair.Second.Names?.Texts ?? []));

    private IAnswers Ask(LessonRequest request, IReadOnlyList<bool> taught)
    {
        int[] widths = [.. request.Labels.Select((label, i) => taught[i] ? label.OutputCount : 0)];
        long rows = request.Rows.SourceRowCount;
        long bytes = rows * widths.Sum(width => (long)width) * sizeof(float);
        bool fits = bytes / 2 <= options.MaximumStoredBytes;
        var reader = new AnswerReader(options.Teacher, request.Tasks, request.Labels, taught) { FeatureColumnName = request.FeatureColumnName };
        if (options.Delivery == TeacherDelivery.OnTheFly || (options.Delivery == TeacherDelivery.Automatic && !fits))
        {
            return AskLater(request, reader, bytes);
        }

        if (!fits)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The teacher's answers to {rows} rows take {bytes} bytes, half of it in numbers of 16 bits, and option MaximumStoredBytes allows {options.MaximumStoredBytes}. Raise it, or use TeacherDelivery.OnTheFly."));
        }

        var answers = new StoredAnswers(rows, widths, asHalf: bytes > options.MaximumStoredBytes);
        long read = 0;
        foreach (AnswerChunk chunk in reader.Read(request.Data, warning => request.Channel.Warning(MessageSensitivity.Schema, warning), request.CancellationToken))
        {
            if (read == 0 && answers.IsHalf)
            {
                SetScales(answers, request, taught, chunk);
            }

            read += chunk.Count;
            RequireRows(read <= rows, "at least " + FormattableString.Invariant($"{read}"), rows);
            answers.Keep(chunk);
        }

        RequireRows(read == rows, FormattableString.Invariant($"{read}"), rows);
        request.Channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Asked the teacher about {read} rows; its answers take {(answers.IsHalf ? bytes / 2 : bytes)} bytes."));
        return answers;
    }

    private LiveAnswers AskLater(LessonRequest request, AnswerReader reader, long bytes)
    {
        string cause = options.Delivery == TeacherDelivery.OnTheFly
            ? "Option Delivery is OnTheFly"
            : FormattableString.Invariant($"The teacher's answers would take {bytes} bytes, half of it in numbers of 16 bits, and option MaximumStoredBytes allows {options.MaximumStoredBytes}, so that it must be asked batch by batch");
        if (options.Teacher.Transformer is not MultiTaskTransformer { Model: { } model })
        {
            throw new ArgumentException($"{cause}; batch by batch, only a MultiTaskTransformer by itself can be asked, since batches have features and no other columns. Give the model alone, Teacher.From(mlContext.MultiTask.Find(chain)), or raise MaximumStoredBytes.");
        }

        DataViewSchema schema = options.Teacher.Ask(request.Data).Schema;
        if (model.FeatureColumnName != request.FeatureColumnName || model.FeatureCount != request.Rows.FeatureCount)
        {
            throw new ArgumentException(
                $"{cause}; batch by batch, the teacher sees the student's features, {request.Rows.FeatureCount} of column '{request.FeatureColumnName}', and it needs {model.FeatureCount} of '{model.FeatureColumnName}'. Raise MaximumStoredBytes, or use TeacherDelivery.Once.");
        }

        request.Channel.Info(MessageSensitivity.None, "The teacher is asked batch by batch.");
        return new LiveAnswers(model, request.Tasks, request.Labels, reader.Map(schema, request.Data.Schema));
    }

    /// <summary>Numbers without bounds are kept in 16 bits at the scale of the first answers.</summary>
    private static void SetScales(StoredAnswers answers, LessonRequest request, IReadOnlyList<bool> taught, AnswerChunk first)
    {
        for (int i = 0; i < taught.Count; i++)
        {
            if (taught[i] && request.Labels[i] is { Deviations: not null } label)
            {
                int width = label.OutputCount;
                LabelInfo scale = request.Tasks[i].LearnMore(label with { Means = new float[width], Deviations = new float[width] }, first.Values[i].AsSpan(0, first.Count * width), width);
                answers.SetScale(i, scale.Means!, Array.ConvertAll(scale.Deviations!, deviation => deviation == 0 ? 1 : deviation));
            }
        }
    }

    /// <summary>Where labels have no scale, since there are none or one value only, the teacher's answers give it.</summary>
    private static LabelInfo LearnScale(IAnswers answers, LessonRequest request, int task)
    {
        int width = request.Labels[task].OutputCount;
        int count = answers is LiveAnswers ? Math.Min(request.Rows.RowCount, AnswerReader.MaximumRows) : request.Rows.RowCount;
        float[]?[] values = [.. request.Labels.Select(label => new float[count * label.OutputCount])];
        answers.Write(request.Rows, [.. Enumerable.Range(0, count).Select(row => (long)row)], request.Rows.Features.AsSpan(0, count * request.Rows.FeatureCount), values);
        return request.Tasks[task].LearnMore(request.Labels[task], values[task], width);
    }

    private static void RequireSameOrder(IAnswers answers, LessonRequest request)
    {
        if (answers is StoredAnswers { Fingerprints: { } fingerprints } && RowFingerprint.FindDifference(request.Rows, fingerprints) is { } row)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Row {row} (counted from 0) has other features when the data are read for the teacher than when they are read for the student, so that answers can't be matched with rows. Data must come the same each time: cache them before the trainer (AppendCacheCheckpoint, or mlContext.Data.Cache)."));
        }
    }

    private static void RequireRows(bool same, string read, long rows)
    {
        if (!same)
        {
            throw new ArgumentException(FormattableString.Invariant($"The teacher gives {read} rows for data of {rows}: answers can't be matched with rows. A teacher must keep the rows as they are; filter them before."));
        }
    }
}
