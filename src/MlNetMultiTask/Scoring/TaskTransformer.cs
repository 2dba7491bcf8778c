using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Scoring;

namespace MlNetMultiTask;

/// <summary>
/// One task of a multi-task model, with ML.NET's default column names: what tools expect that know one label only.
/// Made by <see cref="MultiTaskTransformer.ForTask"/>.
/// </summary>
/// <example>
/// <code>
/// var importance = mlContext.Regression.PermutationFeatureImportance(model.ForTask("BodyMass"), data, labelColumnName: "BodyMass");
/// </code>
/// </example>
public sealed class TaskTransformer : ISingleFeaturePredictionTransformer<MultiTaskTransformer>
{
    private readonly IHost _host;
    private readonly (int Index, PredictionTask Task) _output;

    internal TaskTransformer(IHostEnvironment environment, MultiTaskTransformer model, string taskName)
    {
        _host = environment.Register(nameof(TaskTransformer));
        Model = model;
        int index = model.Tasks.Index().Where(item => item.Item.Name == taskName).Select(item => item.Index).DefaultIfEmpty(-1).First();
        _output = index >= 0
            ? (index, model.Tasks[index].Describe().WithDefaultColumnNames().ToTask())
            : throw new ArgumentException($"The model has no task '{taskName}'; its tasks are '{string.Join("', '", model.Tasks.Select(task => task.Name))}'.", nameof(taskName));
    }

    /// <summary>The task, with the column names that it has here.</summary>
    public PredictionTask Task => _output.Task;

    /// <summary>The model that predicts; it is not owned by this view.</summary>
    public MultiTaskTransformer Model { get; }

    /// <summary>The column of features.</summary>
    public string FeatureColumnName => Model.Model.FeatureColumnName;

    /// <summary>The type of the features: a vector of <see cref="float"/> of the size it had in training.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, Model.Model.FeatureCount);

    /// <summary>Always true: each row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>Returns the schema of scored data.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <returns>The input's columns, and the task's output columns.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Returns a view of the data with the task's predictions; the other tasks are not computed.</summary>
    /// <param name="input">The data to score.</param>
    /// <returns>The scored view.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(Bind(input.Schema), input);
    }

    /// <summary>Returns a mapper of single rows.</summary>
    /// <param name="inputSchema">The schema of the rows.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The feature column is missing, or not of the type and size it had in training.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new RowMapper(Bind(inputSchema));

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw new NotSupportedException("A view of one task is not saved by itself: save the MultiTaskTransformer, and call ForTask after loading it.");

    private SchemaBinding Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new SchemaBinding(_host, Model.Model, inputSchema, [_output]);
    }
}
