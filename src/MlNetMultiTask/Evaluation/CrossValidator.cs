using System.Diagnostics;
using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Fits a pipeline on all folds but one, measures it on that one, and so on.</summary>
internal static class CrossValidator
{
    public static CrossValidationResult Run(MLContext mlContext, IDataView data, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, CrossValidationOptions options)
    {
        options.Validate(tasks);
        ulong seed = (ulong?)(uint?)options.Seed ?? (uint)((Microsoft.ML.Runtime.IHostEnvironment)mlContext).Register(nameof(CrossValidator)).Rand.Next();
        int[] assigned = Assign(data, tasks, options, new CounterRandom(seed, (uint)RandomStream.Folds));
        var folds = new List<CrossValidationFold>();
        try
        {
            for (int fold = 0; fold < options.NumberOfFolds; fold++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                folds.Add(RunFold(mlContext, data, estimator, tasks, options, assigned, fold));
                options.Progress?.Report(folds[^1]);
            }

            return new CrossValidationResult(folds);
        }
        catch
        {
            folds.ForEach(fold => (fold.Model as IDisposable)?.Dispose());
            throw;
        }
    }

    private static CrossValidationFold RunFold(
        MLContext mlContext, IDataView data, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, CrossValidationOptions options, int[] assigned, int fold)
    {
        long started = Stopwatch.GetTimestamp();
        var training = new SelectedRows(data, row => row < assigned.Length && assigned[row] != fold);
        var test = new SelectedRows(data, row => row < assigned.Length && assigned[row] == fold);
        int testRows = assigned.Count(own => own == fold);
        ITransformer model = estimator.Fit(training);
        try
        {
            IDataView scored = model.Transform(test);
            MultiTaskMetrics metrics = Evaluator.Evaluate(mlContext, scored, tasks);
            var result = new CrossValidationFold
            {
                Number = fold + 1,
                NumberOfFolds = options.NumberOfFolds,
                TrainingRowCount = assigned.Length - testRows,
                TestRowCount = testRows,
                Metrics = metrics,
                Model = options.KeepsModels ? model : null,
                ScoredData = options.KeepsModels ? scored : null,
                History = TransformerSearch.FindAll(model) is [var only] ? only.History : null,
                Duration = Stopwatch.GetElapsedTime(started),
            };
            if (!options.KeepsModels)
            {
                (model as IDisposable)?.Dispose();
            }

            return result;
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Reads what folds depend on, once.</summary>
    private static int[] Assign(IDataView data, IReadOnlyList<PredictionTask> tasks, CrossValidationOptions options, CounterRandom random)
    {
        DataViewSchema.Column? key = options.SamplingKeyColumnName is { } name ? DataColumns.RequireTags(data.Schema, name) : null;
        DataViewSchema.Column? label = options.StratificationTask is { } task ? FoldStrata.Require(data.Schema, tasks.First(own => own.Name == task)) : null;
        var groups = new List<int>();
        int count = 0;
        var strata = label is null ? null : new FoldStrata();
        using (DataViewRowCursor cursor = data.GetRowCursor(new[] { key, label }.OfType<DataViewSchema.Column>()))
        {
            Func<int>? getGroup = key is { } keys ? RowTags.CreateGetter(cursor, keys) : null;
            Action? addStratum = label is { } labels ? strata!.CreateAdder(cursor, labels) : null;
            for (; cursor.MoveNext(); count++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                if (getGroup is not null)
                {
                    groups.Add(getGroup());
                }

                addStratum?.Invoke();
            }
        }

        int[]? tags = key is null ? null : [.. groups];
        int units = tags?.Distinct().Count() ?? count;
        return units >= options.NumberOfFolds
            ? FoldAssignment.Assign(count, options.NumberOfFolds, tags, strata?.ToArray(), random.NextPermutation)
            : throw new ArgumentException(
                FormattableString.Invariant($"Option NumberOfFolds is {options.NumberOfFolds}, and there are {units} {(key is null ? "rows" : $"values of '{options.SamplingKeyColumnName}'")}; each fold needs one at least."),
                nameof(options));
    }
}
