using System.Diagnostics;
using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Trains and measures, on one division of the rows, multi-task trainers of the same tasks, a network for each task alone, and estimators of others.</summary>
internal sealed class DivisionMeter
{
    private readonly MLContext _mlContext;
    private readonly SingleTaskComparisonOptions _options;
    private readonly ComparisonStages _stages;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IDataView _training;
    private readonly IDataView _test;
    private readonly ulong _seed;
    private readonly bool[][] _labelled;
    private readonly LabelShares? _labels;
    private readonly LabelSources _sources;

    /// <summary>The networks alone that were trained, by task, number of labels and epochs: others of the same would be the same bit by bit.</summary>
    private readonly Dictionary<(int Task, int LabelCount, double EpochFactor), MeasuredFit> _alone = [];

    /// <param name="mlContext">The context.</param>
    /// <param name="tasks">The tasks of all trainers.</param>
    /// <param name="options">What is compared.</param>
    /// <param name="stages">Where the comparison is.</param>
    /// <param name="training">The rows to learn from.</param>
    /// <param name="test">The rows to measure on.</param>
    /// <param name="seed">The seed of all networks.</param>
    public DivisionMeter(MLContext mlContext, IReadOnlyList<PredictionTask> tasks, SingleTaskComparisonOptions options, ComparisonStages stages, IDataView training, IDataView test, ulong seed)
    {
        _mlContext = mlContext;
        _tasks = tasks;
        _options = options;
        _stages = stages;
        _training = training;
        _test = test;
        _seed = seed;
        IReadOnlyList<LabelColumn> labels = stages.Attempt("the labels", () => LabelReader.Read(training, tasks, stages.Token));
        _labelled = [.. labels.Select(column => column.IsLabelled)];
        _sources = stages.Attempt("the labels", () => LabelSources.Find(training, tasks, stages.Token), isForeign: true);
        if (options.LabelEfficiency is { } efficiency)
        {
            int index = Find(efficiency.TaskName);
            _labels = new LabelShares(labels[index], new CounterRandom(seed, (uint)RandomStream.LabelShares));

            // A label that can't be missing is told before anything is trained.
            stages.Attempt("the labels", () => new FewerLabels(training, tasks[index], _ => true));
        }
    }

    private bool IsFirst => _stages is { Repeat: 1, Fold: 1 };

    /// <summary>How many trainings a division takes at most.</summary>
    public static int CountTrainings(SingleTaskComparisonOptions options, int taskCount, int trainerCount) =>
        options.Baselines.Count + (trainerCount * (1 + taskCount + (2 * (options.LabelEfficiency?.Shares.Count(share => share < 1) ?? 0))));

    /// <summary>Trains and measures everything; per trainer what was measured. The trainers differ in the groups of their tasks alone: a network for one task is the same of each.</summary>
    public IReadOnlyList<MeasuredDivision> Measure(IReadOnlyList<(string Name, MultiTaskTrainer Trainer)> trainers)
    {
        // The estimators of others first: what is wrong with one is known before much has been trained.
        MeasuredFit[] baselines = [.. _options.Baselines.Select(Fit)];
        return [.. trainers.Select(own => Measure(own.Name, own.Trainer, baselines))];
    }

    private MeasuredDivision Measure(string name, MultiTaskTrainer trainer, IReadOnlyList<MeasuredFit> baselines)
    {
        MeasuredFit together = Fit(name, _training, Together(trainer), _tasks);
        MeasuredFit[] alone = [.. _tasks.Select((task, i) => FitAlone(trainer, i, _labelled[i], $"'{task.Name}' alone", _training))];
        return new MeasuredDivision(_stages.Repeat, _stages.Fold, together, alone, baselines, MeasureFewerLabels(name, trainer, together, alone));
    }

    private (double LabelCount, TaskMetrics MultiTask, TaskMetrics Alone)[] MeasureFewerLabels(string name, MultiTaskTrainer trainer, MeasuredFit together, MeasuredFit[] alone)
    {
        if (_options.LabelEfficiency is not { } efficiency)
        {
            return [];
        }

        int index = Find(efficiency.TaskName);
        PredictionTask task = _tasks[index];

        // Shares of few labels may be the same labels.
        var measured = new Dictionary<int, (TaskMetrics MultiTask, TaskMetrics Alone)> { [_labels!.Count(1)] = (together.Metrics.Tasks[index], alone[index].Metrics.Tasks[0]) };
        (TaskMetrics, TaskMetrics) MeasureShare(double share)
        {
            string stage = FormattableString.Invariant($"with {100 * share:0.##} % of the labels of '{task.Name}'");
            var fewer = new FewerLabels(_training, task, row => _labels.Keeps(row, share));
            bool[] kept = [.. _labelled[index].Select((_, row) => _labels.Keeps(row, share))];
            return (Fit($"{name}, {stage}", fewer, Together(trainer), [task]).Metrics.Tasks[0], FitAlone(trainer, index, kept, $"alone, {stage}", fewer).Metrics.Tasks[0]);
        }

        return
        [
            .. efficiency.Shares.Select(share =>
            {
                int count = _labels.Count(share);
                if (!measured.TryGetValue(count, out (TaskMetrics MultiTask, TaskMetrics Alone) figures))
                {
                    measured.Add(count, figures = MeasureShare(share));
                }
                else if (share < 1)
                {
                    _stages.Skip(2);
                }

                return ((double)count, figures.MultiTask, figures.Alone);
            }),
        ];
    }

    private MultiTaskTrainer Together(MultiTaskTrainer trainer) => trainer.With(new TrainerVariation { Seed = _seed, Run = GetRun(trainer) });

    /// <summary>Rows without a label of its own are no steps for a network that learns one task: it passes over the others as often more.</summary>
    /// <param name="trainer">The trainer of all tasks.</param>
    /// <param name="index">The task.</param>
    /// <param name="own">The rows with a label for this task that both networks learn from.</param>
    /// <param name="stage">What is trained, in words.</param>
    /// <param name="training">The rows.</param>
    private MeasuredFit FitAlone(MultiTaskTrainer trainer, int index, bool[] own, string stage, IDataView training)
    {
        MultiTaskTrainer together = trainer.FindLearner(_tasks[index].Name);
        bool[][] others = [.. _labelled.Where((_, task) => task != index && together.Tasks.Any(other => other.Name == _tasks[task].Name))];
        int labelCount = own.Count(has => has);
        int anyLabel = own.Where((has, row) => has || Array.Exists(others, column => column[row])).Count();
        double steps = together.CountStepsOfEpoch(anyLabel, own.Length);
        double factor = _options.EqualSteps ? steps / Math.Max(1, together.CountStepsOfEpoch(labelCount, own.Length)) : 1;
        if (_alone.TryGetValue((index, labelCount, factor), out MeasuredFit? same))
        {
            _stages.Skip(1);
            return same;
        }

        MeasuredFit fit = Fit(stage, training, trainer.With(TrainerVariation.Alone(_tasks[index]) with { Seed = _seed, Run = GetRun(trainer), EpochFactor = factor }), [_tasks[index]]);
        _alone.Add((index, labelCount, factor), fit);
        return fit;
    }

    private TrainingRun GetRun(MultiTaskTrainer trainer) => trainer.Run.ForMeasurement(isTold: false) with { CancellationToken = _stages.Token };

    private MeasuredFit Fit(TaskBaseline baseline)
    {
        int index = Find(baseline.TaskName);
        bool[] labelled = _labelled[index];
        return Fit(baseline.Name, new SelectedRows(_training, row => labelled[row]), baseline.Estimator, [_tasks[index].Describe().WithDefaultColumnNames().ToTask()], isForeign: true);
    }

    private MeasuredFit Fit(string stage, IDataView training, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, bool isForeign = false) => _stages.Train(stage, isForeign, () =>
    {
        long started = Stopwatch.GetTimestamp();
        ITransformer model = estimator.Fit(training);
        try
        {
            // Estimators of others don't know the token.
            _stages.Token.ThrowIfCancellationRequested();
            double trained = Stopwatch.GetElapsedTime(started).TotalSeconds;
            long begun = Stopwatch.GetTimestamp();
            IDataView rows = model.Transform(_test);
            RequireOutputs(rows.Schema, tasks);
            MultiTaskMetrics metrics = Evaluator.Evaluate(_mlContext, rows, tasks, _sources);
            double scored = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return IsFirst && model is MultiTaskTransformer { Model: var own }
                ? new MeasuredFit(metrics, trained, scored, ModelCostMeter.Count(own), ModelCostMeter.GetFileSize(_mlContext, model).Size)
                : new MeasuredFit(metrics, trained, scored, 0, null);
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    });

    /// <summary>An estimator of others may give less than is measured.</summary>
    private static void RequireOutputs(DataViewSchema schema, IReadOnlyList<PredictionTask> tasks)
    {
        foreach (PredictionTask task in tasks)
        {
            if (task.OutputColumnNames.FirstOrDefault(name => schema.GetColumnOrNull(name) is null) is { } missing)
            {
                throw new ArgumentException(
                    $"It gives no column '{missing}'; an estimator for a {task.Kind} task must give {TaskColumns.Describe(task.OutputColumnNames)}. Where a probability is missing, append a calibrator, such as BinaryClassification.Calibrators.Platt.");
            }
        }
    }

    private int Find(string taskName) => _tasks.Index().First(task => task.Item.Name == taskName).Index;
}
