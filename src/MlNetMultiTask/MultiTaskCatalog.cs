using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Persistence;
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

    /// <summary>
    /// Saves a model as <c>mlContext.Model.Save</c> does, whole or not at all. ML.NET's own method empties an older file first,
    /// so that a failure or a crash leaves nothing; this one writes beside it, flushes, and then moves.
    /// </summary>
    /// <param name="model">The model: any transformer or chain.</param>
    /// <param name="inputSchema">The schema of the data that the model transforms; null if unknown.</param>
    /// <param name="filePath">The file; replaced if it exists.</param>
    /// <exception cref="IOException">The file can't be written; an older file is left as it was.</exception>
    public void SaveAtomically(ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        AtomicFile.Write(filePath, stream => _mlContext.Model.Save(model, inputSchema, stream));
    }

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
