using System.Diagnostics;
using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Fits a pipeline on all folds but one, measures it on that one, and so on.</summary>
internal static class CrossValidator
{
    public static CrossValidationResult Run(MLContext mlContext, IDataView data, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, CrossValidationOptions options)
    {
        options.Validate(tasks);
        ulong seed = (ulong?)(uint?)options.Seed ?? (uint)((Microsoft.ML.Runtime.IHostEnvironment)mlContext).Register(nameof(CrossValidator)).Rand.Next();
        int[] assigned = RowFolds
            .Read(data, options.NumberOfFolds, options.SamplingKeyColumnName, tasks.FirstOrDefault(task => task.Name == options.StratificationTask), options.CancellationToken)
            .Assign(options.NumberOfFolds, new CounterRandom(seed, (uint)RandomStream.Folds));
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
        SelectedRows training = RowFolds.Select(data, assigned, fold, isFold: false);
        SelectedRows test = RowFolds.Select(data, assigned, fold, isFold: true);
        int testRows = assigned.Count(own => own == fold);
        ITransformer model = estimator.Fit(training);
        try
        {
            IDataView scored = model.Transform(test);
            MultiTaskMetrics metrics = Evaluator.Evaluate(mlContext, scored, tasks, LabelSources.Find(model.Transform(training), tasks, options.CancellationToken));
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
}
