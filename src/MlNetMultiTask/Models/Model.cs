using Microsoft.ML;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>
/// What a fitted transformer scores with: a network, or something made of several. The transformer is always the same
/// type; models differ.
/// </summary>
internal abstract class Model(IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels) : IDisposable
{
    /// <summary>The tasks that the model predicts.</summary>
    public IReadOnlyList<PredictionTask> Tasks { get; } = tasks;

    /// <summary>Per task, what training learned of its label.</summary>
    public IReadOnlyList<LabelInfo> Labels { get; } = labels;

    /// <summary>How the model was trained; null where the file that it was loaded from does not tell.</summary>
    public TrainingHistory? History { get; init; }

    /// <summary>The column of features.</summary>
    public abstract string FeatureColumnName { get; }

    /// <summary>The number of features.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>Ties the model to a schema, and names the input columns it needs of it.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type or size than in training.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public abstract BoundModel Bind(DataViewSchema schema);

    /// <summary>Throws where the model has been disposed.</summary>
    public abstract void ThrowIfDisposed();

    /// <summary>Adds the model's entries, their names behind a prefix.</summary>
    public abstract void Save(ModelEntries entries, string prefix);

    public abstract void Dispose();
}
