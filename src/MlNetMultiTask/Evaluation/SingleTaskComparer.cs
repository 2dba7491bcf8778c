using System.Diagnostics;
using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Trains a multi-task trainer and a network for each task alone on the same divisions of the rows, and measures them.</summary>
internal sealed class SingleTaskComparer
{
    private readonly MLContext _mlContext;
    private readonly IDataView _data;
    private readonly IEstimator<ITransformer>? _preprocessing;
    private readonly MultiTaskTrainer _trainer;
    private readonly SingleTaskComparisonOptions _options;
    private readonly CancellationToken _token;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<MeasuredDivision> _divisions = [];
    private readonly int _total;
    private int _completed;
    private int _repeat;
    private int _fold;

    private SingleTaskComparer(MLContext mlContext, IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, SingleTaskComparisonOptions options, CancellationToken token)
    {
        _mlContext = mlContext;
        _data = data;
        _preprocessing = preprocessing;
        _trainer = trainer;
        _options = options;
        _token = token;
        int fewer = 2 * Shares.Count(share => share < 1);
        _total = options.NumberOfRepeats * options.NumberOfFolds * (1 + Tasks.Count + options.Baselines.Count + fewer);
    }

    private IReadOnlyList<PredictionTask> Tasks => _trainer.Tasks;

    private IReadOnlyList<double> Shares => _options.LabelEfficiency?.Shares ?? [];

    /// <summary>Compares.</summary>
    public static SingleTaskComparison Run(MLContext mlContext, IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, SingleTaskComparisonOptions options)
    {
        Require(trainer, options);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, trainer.Run.CancellationToken);
        try
        {
            return new SingleTaskComparer(mlContext, data, preprocessing, trainer, options, cancellation.Token).Run();
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The comparison was cancelled.", e, options.CancellationToken.IsCancellationRequested ? options.CancellationToken : trainer.Run.CancellationToken);
        }
    }

    /// <summary>Checks what can be told before anything is trained.</summary>
    /// <exception cref="ArgumentException">The trainer can't be compared, or an option is not valid.</exception>
    public static void Require(MultiTaskTrainer trainer, SingleTaskComparisonOptions options)
    {
        if (trainer.Tasks.Count < 2)
        {
            throw new ArgumentException($"The trainer has one task, '{trainer.Tasks[0].Name}', so that there is nothing to compare with a network for it alone; give it several.", nameof(trainer));
        }

        if (trainer.Run.InitialModel is not null)
        {
            throw new ArgumentException("The trainer goes on from a model (option InitialModel), and networks for single tasks can't; compare trainers that all begin anew.", nameof(trainer));
        }

        options.Validate(trainer.Tasks);
    }

    private SingleTaskComparison Run()
    {
        ulong seed = (ulong?)(uint?)_options.Seed ?? (uint)((Microsoft.ML.Runtime.IHostEnvironment)_mlContext).Register(nameof(SingleTaskComparer)).Rand.Next();
        var rows = RowFolds.Read(_data, _options.NumberOfFolds, _options.SamplingKeyColumnName, Tasks.FirstOrDefault(task => task.Name == _options.StratificationTask), _token);
        for (_repeat = 1; _repeat <= _options.NumberOfRepeats; _repeat++)
        {
            int[] assigned = rows.Assign(_options.NumberOfFolds, new CounterRandom(seed, (uint)RandomStream.Folds, (uint)_repeat - 1));
            var seeds = new CounterRandom(seed, (uint)RandomStream.Comparison, (uint)_repeat - 1);
            for (_fold = 1; _fold <= _options.NumberOfFolds; _fold++)
            {
                _divisions.Add(Measure(assigned, seeds.NextUInt64()));
            }
        }

        (_repeat, _fold) = (_options.NumberOfRepeats, _options.NumberOfFolds);
        Report("done");
        return new SingleTaskComparison(Tasks, _options, _divisions);
    }

    private MeasuredDivision Measure(int[] assigned, ulong seed)
    {
        SelectedRows trainingRows = RowFolds.Select(_data, assigned, _fold - 1, isFold: false);
        SelectedRows testRows = RowFolds.Select(_data, assigned, _fold - 1, isFold: true);
        ITransformer? prepared = _preprocessing is null ? null : Attempt("the preprocessing", () => _preprocessing.Fit(trainingRows));
        try
        {
            // All read the same rows many times.
            IDataView training = Attempt("the preprocessing", () => Keep(prepared?.Transform(trainingRows) ?? trainingRows));
            IDataView test = Attempt("the preprocessing", () => Keep(prepared?.Transform(testRows) ?? testRows));
            bool[][] labelled = Attempt("the labels", () => LabelReader.Read(training, Tasks, _token).Select(column => column.IsLabelled).ToArray());

            // The estimators of others first: what is wrong with one is known before much has been trained.
            MeasuredFit[] baselines = [.. _options.Baselines.Select(baseline => Fit(baseline, training, test, labelled))];
            MeasuredFit together = Fit("together", training, test, TogetherWith(seed), Tasks);
            MeasuredFit[] alone = [.. Tasks.Select((task, i) => Fit($"'{task.Name}' alone", training, test, AloneWith(i, seed, labelled, labelled[i]), [task]))];
            return new MeasuredDivision(_repeat, _fold, together, alone, baselines, MeasureFewerLabels(training, test, seed, labelled, together, alone));
        }
        finally
        {
            (prepared as IDisposable)?.Dispose();
        }
    }

    private IReadOnlyList<(double LabelCount, TaskMetrics MultiTask, TaskMetrics Alone)> MeasureFewerLabels(
        IDataView training, IDataView test, ulong seed, bool[][] labelled, MeasuredFit together, IReadOnlyList<MeasuredFit> alone)
    {
        if (_options.LabelEfficiency is not { } efficiency)
        {
            return [];
        }

        (int index, PredictionTask task) = Tasks.Index().First(own => own.Item.Name == efficiency.TaskName);
        var labels = new LabelShares(LabelReader.Read(training, [task], _token)[0], new CounterRandom(seed, (uint)RandomStream.LabelShares));
        (double, TaskMetrics, TaskMetrics) MeasureShare(double share)
        {
            string stage = FormattableString.Invariant($"with {100 * share:0.##} % of the labels of '{task.Name}'");
            TaskMetrics MeasureWith(string how, MultiTaskTrainer trainer) =>
                Fit($"{how}, {stage}", new FewerLabels(training, task, row => labels.Keeps(row, share)), test, trainer, [task]).Metrics.Tasks[0];

            return share == 1
                ? (labels.Count(1), together.Metrics.Tasks[index], alone[index].Metrics.Tasks[0])
                : (labels.Count(share), MeasureWith("together", TogetherWith(seed)), MeasureWith("alone", AloneWith(index, seed, labelled, [.. labelled[index].Select((_, row) => labels.Keeps(row, share))])));
        }

        return [.. efficiency.Shares.Select(MeasureShare)];
    }

    private MultiTaskTrainer TogetherWith(ulong seed) => _trainer.With(new TrainerVariation { Seed = seed, Run = Watch });

    /// <summary>Rows without a label of its own are no steps for a network that learns one task: it passes over the others as often more.</summary>
    /// <param name="index">The task.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="labelled">Per task the rows with a label.</param>
    /// <param name="own">The rows with a label for this task that both networks learn from.</param>
    private MultiTaskTrainer AloneWith(int index, ulong seed, bool[][] labelled, bool[] own)
    {
        MultiTaskTrainer together = _trainer.FindLearner(Tasks[index].Name);
        bool[][] others = [.. labelled.Where((_, task) => task != index && together.Tasks.Any(other => other.Name == Tasks[task].Name))];
        int anyLabel = own.Where((has, row) => has || Array.Exists(others, column => column[row])).Count();
        double steps = together.CountStepsOfEpoch(anyLabel, own.Length);
        double factor = _options.EqualSteps ? steps / Math.Max(1, together.CountStepsOfEpoch(own.Count(has => has), own.Length)) : 1;
        return _trainer.With(TrainerVariation.Alone(Tasks[index]) with { Seed = seed, Run = Watch, EpochFactor = factor });
    }

    private TrainingRun Watch => new(null, null, OnCancellation.Throw, null, _token);

    private MeasuredFit Fit(TaskBaseline baseline, IDataView training, IDataView test, bool[][] labels)
    {
        (int index, PredictionTask task) = Tasks.Index().First(own => own.Item.Name == baseline.TaskName);
        bool[] labelled = labels[index];
        return Fit(baseline.Name, new SelectedRows(training, row => labelled[row]), test, baseline.Estimator, [task.Describe().WithDefaultColumnNames().ToTask()]);
    }

    private MeasuredFit Fit(string stage, IDataView training, IDataView test, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks)
    {
        Report(stage);
        MeasuredFit fit = Attempt(stage, () =>
        {
            long started = Stopwatch.GetTimestamp();
            ITransformer model = estimator.Fit(training);
            try
            {
                // A trainer that gives the best so far when it is cancelled has given something else than was to be compared.
                _token.ThrowIfCancellationRequested();
                double trained = Stopwatch.GetElapsedTime(started).TotalSeconds;
                long begun = Stopwatch.GetTimestamp();
                IDataView rows = model.Transform(test);
                RequireOutputs(rows.Schema, tasks);
                MultiTaskMetrics metrics = Evaluator.Evaluate(_mlContext, rows, tasks);
                double scored = Stopwatch.GetElapsedTime(begun).TotalSeconds;
                bool isFirst = _divisions.Count == 0 && model is MultiTaskTransformer;
                return new MeasuredFit(
                    metrics, trained, scored, isFirst ? ModelCostMeter.Count(((MultiTaskTransformer)model).Model) : 0, isFirst ? ModelCostMeter.GetFileSize(_mlContext, model).Size : null);
            }
            finally
            {
                (model as IDisposable)?.Dispose();
            }
        });
        _completed++;
        return fit;
    }

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

    /// <summary>Keeps the rows in memory, and reads them now, so that the first training takes no longer than the others.</summary>
    private IDataView Keep(IDataView rows)
    {
        IDataView kept = _mlContext.Data.Cache(rows);
        string[] names = [_trainer.FeatureColumnName, .. Tasks.Select(task => task.LabelColumnName)];
        using DataViewRowCursor cursor = kept.GetRowCursor(kept.Schema.Where(column => !column.IsHidden && names.Contains(column.Name)));
        while (cursor.MoveNext())
        {
            _token.ThrowIfCancellationRequested();
        }

        return kept;
    }

    private void Report(string stage)
    {
        _token.ThrowIfCancellationRequested();
        _options.Progress?.Report(new ComparisonProgress { Repeat = _repeat, Fold = _fold, Stage = stage, Completed = _completed, Total = _total, Elapsed = Stopwatch.GetElapsedTime(_started) });
    }

    /// <summary>Says of what fails where it failed.</summary>
    private T Attempt<T>(string stage, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Describe(stage, e), e);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw new InvalidOperationException(Describe(stage, e), e);
        }
    }

    private string Describe(string stage, Exception e) => FormattableString.Invariant($"In repeat {_repeat}, fold {_fold}, {stage}: {e.Message}");
}
