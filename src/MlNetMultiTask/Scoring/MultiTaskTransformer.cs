using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetMultiTask;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Scoring;

[assembly: LoadableModel<MultiTaskTransformer>(MultiTaskTransformer.LoaderSignature)]

namespace MlNetMultiTask;

/// <summary>
/// A fitted multi-task model: adds the prediction columns of every task to the data. Every trainer of this library
/// produces it.
/// </summary>
/// <remarks>
/// Scoring is thread-safe. The transformer holds native memory: dispose it when nothing scores with it any more; what is
/// still running then ends properly, and later scoring throws an <see cref="ObjectDisposedException"/>. It is saved
/// and loaded with <c>mlContext.Model.Save</c> and <c>Load</c>, alone or inside a chain; nothing needs to be registered.
/// </remarks>
public sealed class MultiTaskTransformer : ITransformer, IModelFile<MultiTaskTransformer>, IDisposable
{
    internal const string LoaderSignature = "MlNetMultiTask";

    private readonly IHost _host;

    internal MultiTaskTransformer(IHostEnvironment environment, Model model)
    {
        _host = environment.Register(nameof(MultiTaskTransformer));
        Model = model;
        Members = [.. model.Members.Select(member => new MultiTaskTransformer(environment, member))];
    }

    /// <summary>The tasks that the model predicts, with their output columns.</summary>
    public IReadOnlyList<PredictionTask> Tasks => Model.Tasks;

    /// <summary>
    /// How the model was trained, epoch by epoch; null where it was loaded from a file of a version that did not keep it, and where the model is an ensemble or was trained in groups of tasks: each
    /// of its <see cref="Members"/> has a history of its own. Networks that were trained together have one, and it is that of the whole.
    /// </summary>
    public TrainingHistory? History => Model.History;

    /// <summary>
    /// The models of an ensemble, of groups of tasks (each with the tasks of its group), or of networks that were trained together; empty for a single network. They belong to this model, and end with it: do not dispose them by
    /// themselves. Those of networks trained together are views of this model's own weights, and have its decision thresholds and no history of their own.
    /// </summary>
    public IReadOnlyList<MultiTaskTransformer> Members { get; }

    /// <summary>Always true: each row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    // 0x00010002 has activations, normalisation and the history, of which readers before it know nothing.
    static ModelFileIdentity IModelFile<MultiTaskTransformer>.Identity { get; } =
        new("MLNETMTL", LoaderSignature, Version: 0x00010002, ReadableFrom: 0x00010002, ReadsBackTo: 0x00010001);

    internal Model Model { get; }

    /// <summary>Returns the schema of scored data.</summary>
    /// <param name="inputSchema">The schema of the data to score; label columns may be absent.</param>
    /// <returns>The input's columns, and the output columns of every task.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Returns a view of the data with predictions. Nothing is computed before a cursor asks for output columns.</summary>
    /// <param name="input">The data to score.</param>
    /// <returns>The scored view; rows are scored in batches.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(Bind(input.Schema), input);
    }

    /// <summary>Returns a mapper of single rows, as a <c>PredictionEngine</c> uses it.</summary>
    /// <param name="inputSchema">The schema of the rows.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new RowMapper(Bind(inputSchema));

    /// <summary>
    /// Returns a view of this model that predicts one task into ML.NET's default columns (<c>Score</c>, <c>PredictedLabel</c>,
    /// <c>Probability</c>), for tools that look for these names: permutation feature importance, evaluators.
    /// </summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>The view; it stays usable as long as this transformer is not disposed.</returns>
    /// <exception cref="ArgumentException">The model has no such task, or the name is null.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public TaskTransformer ForTask(string taskName)
    {
        ArgumentNullException.ThrowIfNull(taskName);
        Model.ThrowIfDisposed();
        return new TaskTransformer(_host, this, taskName);
    }

    /// <summary>The probability from which on a binary or multilabel task predicts yes: as given, or as tuned on the validation data.</summary>
    /// <param name="taskName">The task's name.</param>
    /// <returns>One threshold for a binary task, one for each label of a set.</returns>
    /// <exception cref="ArgumentException">The model has no such task, or it does not decide by a threshold.</exception>
    public IReadOnlyList<float> GetDecisionThresholds(string taskName)
    {
        int index = Tasks.Index().Where(item => item.Item.Name == taskName).Select(item => item.Index).DefaultIfEmpty(-1).First();
        return index >= 0 && Tasks[index].DecisionThreshold is { } threshold
            ? Model.Labels[index].GetThresholds(threshold)
            : throw new ArgumentException($"The model has no binary or multilabel task '{taskName}'; its tasks are {string.Join(", ", Tasks)}.", nameof(taskName));
    }

    /// <summary>
    /// Tells what the model is made of and what it costs: layers, shapes, parameters shared and of each task, size in a file, arithmetic of a row. For the size, the model is saved once into nowhere, and each
    /// member of an ensemble once more.
    /// </summary>
    /// <returns>The summary; <c>Console.WriteLine(model.Summary())</c> prints it as a table.</returns>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public ModelSummary Summary()
    {
        Model.ThrowIfDisposed();
        using var file = new CountingStream();
        new MLContext().Model.Save(this, null, file);
        return ModelSummary.Create(Model, file.Length, Model is CompositeModel ? [.. Members.Select(member => member.Summary())] : []);
    }

    /// <summary>The cross-stitch units of the model, by which its tasks take over from one another, from the features upwards.</summary>
    /// <returns>The units; none where the model was not trained by <see cref="CrossStitchTrainer"/>. Those of an ensemble, or of groups of tasks, are with its <see cref="Members"/>.</returns>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IReadOnlyList<CrossStitchUnit> GetCrossStitchUnits()
    {
        Model.ThrowIfDisposed();
        return Model.GetCrossStitchUnits();
    }

    /// <summary>Measures on some rows how the gates of a mixture of experts use them. How they did in training, <see cref="TrainingEpoch.ExpertUse"/> tells.</summary>
    /// <param name="data">The rows; labels are not needed.</param>
    /// <returns>The use.</returns>
    /// <exception cref="InvalidOperationException">The model has no gates.</exception>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public ExpertUse MeasureExpertUse(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Model.ThrowIfDisposed();
        return Model.MeasureExpertUse(data)
            ?? throw new InvalidOperationException("The model has no gates that use experts: it was trained by neither MultiGateMixtureOfExperts nor ProgressiveLayeredExtraction. Those of an ensemble's members, or of groups of tasks, are with its Members.");
    }

    /// <summary>Frees the model's native memory, as soon as no scoring call uses it. Calling it again does nothing.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>Returns the tasks.</summary>
    /// <returns>For example <c>MultiTaskTransformer: MulticlassClassification("Species"), Regression("BodyMass")</c>.</returns>
    public override string ToString() => $"{nameof(MultiTaskTransformer)}: {string.Join(", ", Tasks)}";

    static MultiTaskTransformer IModelFile<MultiTaskTransformer>.Load(IHost host, ModelFileReader reader)
    {
        TorchRuntime.EnsureLoaded();
        ModelEntries entries = ModelEntries.Read(reader.Header, reader.ReadEntry);
        return new MultiTaskTransformer(host, ModelManifest.Read(entries, ""));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        var entries = new ModelEntries();
        Model.Save(entries, "");
        ModelFileWriter.Write<MultiTaskTransformer>(ctx, entries.ToHeader(), entries.All);
    }

    private SchemaBinding Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new SchemaBinding(_host, Model, inputSchema, Model.Tasks.Index());
    }
}
