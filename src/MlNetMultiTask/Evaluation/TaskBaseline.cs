using Microsoft.ML;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask;

/// <summary>An ordinary estimator of ML.NET for one task, to be compared with a multi-task model.</summary>
public sealed class TaskBaseline
{
    /// <summary>Creates a baseline.</summary>
    /// <param name="taskName">The task that it predicts.</param>
    /// <param name="name">Its name in tables.</param>
    /// <param name="estimator">
    /// A trainer of ML.NET, or a chain with one: <c>mlContext.Regression.Trainers.LightGbm("Price")</c>. It is fitted behind the preprocessing, on the training rows that have a label for the task, and must give
    /// ML.NET's usual columns: <c>Score</c>, of classes also <c>PredictedLabel</c>, of yes and no also <c>Probability</c> and <c>PredictedLabel</c>. It must leave the label as it is, and keep the column of which the label's keys were made:
    /// else unknown classes count as missing labels for it.
    /// </param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public TaskBaseline(string taskName, string name, IEstimator<ITransformer> estimator)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        TaskName = TaskArguments.Text(taskName, nameof(taskName));
        Name = TaskArguments.Text(name, nameof(name));
        Estimator = estimator;
    }

    /// <summary>The task that it predicts.</summary>
    public string TaskName { get; }

    /// <summary>Its name in tables.</summary>
    public string Name { get; }

    /// <summary>The estimator.</summary>
    public IEstimator<ITransformer> Estimator { get; }
}
