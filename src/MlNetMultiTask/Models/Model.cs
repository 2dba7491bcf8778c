using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
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
    public TrainingHistory? History { get; set; }

    /// <summary>The column of features.</summary>
    public abstract string FeatureColumnName { get; }

    /// <summary>The number of features.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>The models that this one is made of; empty for a single network.</summary>
    public virtual IReadOnlyList<Model> Members => [];

    /// <summary>Ties the model to a schema, and names the input columns it needs of it.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type or size than in training.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public virtual BoundModel Bind(DataViewSchema schema)
    {
        ThrowIfDisposed();
        DataViewSchema.Column column = DataColumns.RequireFeatures(schema, FeatureColumnName);
        int size = ((VectorDataViewType)column.Type).Size;
        return size == FeatureCount
            ? new BoundFeatureModel(this, column)
            : throw new ArgumentException(
                $"Feature column '{FeatureColumnName}' has {size} slots, and the model was trained with {FeatureCount}. Make the features as in training: the surest way is to save and load the whole chain, with the transforms that make them.");
    }

    /// <summary>The scores that are in memory for each row of a batch, those that others are made of among them.</summary>
    public virtual long ScoresPerRow => Labels.Sum(label => (long)label.OutputCount);

    /// <summary>The bytes that are taken in between for each row of a batch, about.</summary>
    public virtual long WorkBytesPerRow => 0;

    /// <summary>Computes the scores of a batch of rows.</summary>
    /// <param name="features">Features [rows x F], in a buffer that may be longer.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="active">Per task, whether it is wanted.</param>
    /// <param name="scores">Per task the buffer that receives its scores.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public abstract void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores);

    /// <summary>The units by which tasks take over from one another; none in most models.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public virtual IReadOnlyList<CrossStitchUnit> GetCrossStitchUnits() => [];

    /// <summary>How gates use experts on these rows; null for a model without gates.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public virtual ExpertUse? MeasureExpertUse(IDataView data) => null;

    /// <summary>Throws where the model has been disposed.</summary>
    public abstract void ThrowIfDisposed();

    /// <summary>The layers of all its networks; tasks by their places.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public abstract IReadOnlyList<NetworkLayer> DescribeLayers();

    /// <summary>Adds the model's entries, their names behind a prefix.</summary>
    public abstract void Save(ModelEntries entries, string prefix);

    public abstract void Dispose();
}
