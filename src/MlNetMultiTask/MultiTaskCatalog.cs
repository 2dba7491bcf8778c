using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Scoring;

namespace MlNetMultiTask;

/// <summary>Trainers and tools for learning several tasks with one model.</summary>
/// <remarks>In C# it is <c>mlContext.MultiTask</c>; languages without extension properties construct it.</remarks>
public sealed class MultiTaskCatalog
{
    private readonly MLContext _mlContext;

    /// <summary>Creates the catalog.</summary>
    /// <param name="mlContext">The context; its seed decides all random numbers.</param>
    public MultiTaskCatalog(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        _mlContext = mlContext;
        Trainers = new MultiTaskTrainers(mlContext);
    }

    /// <summary>The trainers.</summary>
    public MultiTaskTrainers Trainers { get; }

    /// <summary>Evaluates scored data, task by task, in one pass.</summary>
    /// <param name="data">Data with the labels, and with the output columns of a model.</param>
    /// <param name="tasks">The tasks to evaluate: those of the trainer, or <see cref="MultiTaskTransformer.Tasks"/>.</param>
    /// <returns>The metrics. Rows without a label for a task are left out of that task's metrics, and counted.</returns>
    /// <exception cref="ArgumentException">A label or output column is missing, or of a wrong type.</exception>
    public MultiTaskMetrics Evaluate(IDataView data, IReadOnlyList<PredictionTask> tasks) =>
        Evaluator.Evaluate(_mlContext, data, tasks);

    /// <summary>Finds the multi-task model inside a transformer, for example in a chain that was loaded from a file.</summary>
    /// <param name="transformer">A <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one, at any depth.</param>
    /// <returns>The model; it stays owned by the chain.</returns>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Catalogs are used through an MLContext.")]
    public MultiTaskTransformer Find(ITransformer transformer)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(transformer);
        return found.Count == 1
            ? found[0]
            : throw new ArgumentException($"The transformer holds {found.Count} multi-task models; Find needs exactly one.", nameof(transformer));
    }
}
