using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Compares a multi-task trainer, and groups of its tasks, with a network for each task alone, on the same divisions of the rows.</summary>
internal sealed class SingleTaskComparer
{
    private readonly MLContext _mlContext;
    private readonly IDataView _data;
    private readonly IEstimator<ITransformer>? _preprocessing;
    private readonly IReadOnlyList<(string Name, MultiTaskTrainer Trainer)> _trainers;
    private readonly SingleTaskComparisonOptions _options;
    private readonly ComparisonStages _stages;

    private SingleTaskComparer(
        MLContext mlContext, IDataView data, IEstimator<ITransformer>? preprocessing, IReadOnlyList<(string Name, MultiTaskTrainer Trainer)> trainers, SingleTaskComparisonOptions options, CancellationToken token)
    {
        _mlContext = mlContext;
        _data = data;
        _preprocessing = preprocessing;
        _trainers = trainers;
        _options = options;
        int divisions = options.NumberOfRepeats * options.NumberOfFolds;
        _stages = new ComparisonStages(options.Progress, divisions * DivisionMeter.CountTrainings(options, Tasks.Count, trainers.Count), token);
    }

    private IReadOnlyList<PredictionTask> Tasks => _trainers[0].Trainer.Tasks;

    /// <summary>Compares a trainer.</summary>
    public static SingleTaskComparison Run(MLContext mlContext, IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, SingleTaskComparisonOptions options, CancellationToken cancellationToken = default) =>
        Run(mlContext, data, preprocessing, [("together", trainer)], options, cancellationToken)[0];

    /// <summary>Compares a trainer, and the networks of groups of its tasks; what both are compared with is trained once.</summary>
    public static (SingleTaskComparison AllInOne, SingleTaskComparison Groups) Run(
        MLContext mlContext, IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, MultiTaskTrainer groups, SingleTaskComparisonOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<SingleTaskComparison> comparisons = Run(mlContext, data, preprocessing, [("all in one", trainer), ("in groups", groups)], options, cancellationToken);
        return (comparisons[0], comparisons[1]);
    }

    /// <summary>Checks what can be told before anything is trained.</summary>
    /// <exception cref="ArgumentException">The trainer can't be compared, or an option is not valid.</exception>
    public static void Require(MultiTaskTrainer trainer, SingleTaskComparisonOptions options)
    {
        if (trainer.Tasks.Count < 2)
        {
            throw new ArgumentException($"The trainer has one task, '{trainer.Tasks[0].Name}', so that there is nothing to compare with a network for it alone; give it several.", nameof(trainer));
        }

        if (trainer.GoesOn)
        {
            throw new ArgumentException("The trainer, or a part of it, goes on from a model (option InitialModel), and networks for single tasks can't; compare trainers that all begin anew.", nameof(trainer));
        }

        options.Validate(trainer.Tasks);
    }

    private static SingleTaskComparison[] Run(
        MLContext mlContext,
        IDataView data,
        IEstimator<ITransformer>? preprocessing,
        IReadOnlyList<(string Name, MultiTaskTrainer Trainer)> trainers,
        SingleTaskComparisonOptions options,
        CancellationToken cancellationToken)
    {
        Require(trainers[0].Trainer, options);
        return LinkedCancellation.Run(
            token => new SingleTaskComparer(mlContext, data, preprocessing, trainers, options, token).Run(), options.CancellationToken, trainers[0].Trainer.Run.CancellationToken, cancellationToken);
    }

    private SingleTaskComparison[] Run()
    {
        ulong seed = (ulong?)(uint?)_options.Seed ?? (uint)((Microsoft.ML.Runtime.IHostEnvironment)_mlContext).Register(nameof(SingleTaskComparer)).Rand.Next();
        var rows = RowFolds.Read(_data, _options.NumberOfFolds, _options.SamplingKeyColumnName, Tasks.FirstOrDefault(task => task.Name == _options.StratificationTask), _stages.Token);
        var divisions = new List<IReadOnlyList<MeasuredDivision>>();
        for (int repeat = 1; repeat <= _options.NumberOfRepeats; repeat++)
        {
            int[] assigned = rows.Assign(_options.NumberOfFolds, new CounterRandom(seed, (uint)RandomStream.Folds, (uint)repeat - 1));
            var seeds = new CounterRandom(seed, (uint)RandomStream.Comparison, (uint)repeat - 1);
            for (int fold = 1; fold <= _options.NumberOfFolds; fold++)
            {
                (_stages.Repeat, _stages.Fold) = (repeat, fold);
                divisions.Add(Measure(RowFolds.Select(_data, assigned, fold - 1, isFold: false), RowFolds.Select(_data, assigned, fold - 1, isFold: true), seeds.NextUInt64()));
            }
        }

        _stages.Report("done");
        return [.. _trainers.Select((_, i) => new SingleTaskComparison(Tasks, _options, [.. divisions.Select(division => division[i])]))];
    }

    private IReadOnlyList<MeasuredDivision> Measure(SelectedRows trainingRows, SelectedRows testRows, ulong seed)
    {
        const string Stage = "the preprocessing";
        ITransformer? prepared = _preprocessing is null ? null : _stages.Attempt(Stage, () => _preprocessing.Fit(trainingRows), isForeign: true);
        try
        {
            // All read the same rows many times.
            IDataView training = _stages.Attempt(Stage, () => Keep(prepared?.Transform(trainingRows) ?? trainingRows), isForeign: true);
            IDataView test = _stages.Attempt(Stage, () => Keep(prepared?.Transform(testRows) ?? testRows), isForeign: true);
            return new DivisionMeter(_mlContext, Tasks, _options, _stages, training, test, seed).Measure(_trainers);
        }
        finally
        {
            (prepared as IDisposable)?.Dispose();
        }
    }

    /// <summary>Keeps the rows in memory, and reads them now, so that the first training takes no longer than the others.</summary>
    private IDataView Keep(IDataView rows)
    {
        IDataView kept = _mlContext.Data.Cache(rows);
        string[] names = [_trainers[0].Trainer.FeatureColumnName, .. Tasks.Select(task => task.LabelColumnName)];
        using DataViewRowCursor cursor = kept.GetRowCursor(kept.Schema.Where(column => !column.IsHidden && names.Contains(column.Name)));
        while (cursor.MoveNext())
        {
            _stages.Token.ThrowIfCancellationRequested();
        }

        return kept;
    }
}
