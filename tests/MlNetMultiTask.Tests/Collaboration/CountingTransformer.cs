using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>A transformer around another, which counts how often it is asked, and may do something to its rows.</summary>
internal sealed class CountingTransformer(ITransformer inner, Func<IDataView, IDataView>? then = null) : ITransformer
{
    public int Transforms { get; private set; }

    public bool IsRowToRowMapper => false;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

    public IDataView Transform(IDataView input)
    {
        Transforms++;
        IDataView view = inner.Transform(input);
        return then?.Invoke(view) ?? view;
    }

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException("A transformer of the tests is not saved.");
}
