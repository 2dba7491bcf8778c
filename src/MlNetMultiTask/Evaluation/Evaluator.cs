using Microsoft.ML;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Evaluation;

/// <summary>Evaluates scored data: one pass over the scores for all tasks, whatever the number of metrics.</summary>
internal static class Evaluator
{
    /// <param name="mlContext">The context.</param>
    /// <param name="scored">The scored rows.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="sources">Of which columns the keys of labels were made; null to look for them in the scored rows.</param>
    public static MultiTaskMetrics Evaluate(MLContext mlContext, IDataView scored, IReadOnlyList<PredictionTask> tasks, LabelSources? sources = null)
    {
        ArgumentNullException.ThrowIfNull(scored);
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0)
        {
            throw new ArgumentException("There is no task to evaluate; give those of the trainer, or model.Tasks.", nameof(tasks));
        }

        LabelSources known = sources ?? LabelSources.Find(scored, tasks);
        TaskEvaluation[] evaluations = [.. tasks.Select(task => task.CreateEvaluation(scored.Schema, known))];
        using (DataViewRowCursor cursor = scored.GetRowCursor(evaluations.SelectMany(evaluation => evaluation.Columns).DistinctBy(column => column.Index)))
        {
            Array.ForEach(evaluations, evaluation => evaluation.Open(cursor));
            while (cursor.MoveNext())
            {
                foreach (TaskEvaluation evaluation in evaluations)
                {
                    evaluation.Add();
                }
            }
        }

        return new MultiTaskMetrics([.. evaluations.Select(evaluation => evaluation.Finish(mlContext))]);
    }
}
