using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Data;

/// <summary>The same rows, of which some have lost their label for one task. A label of <see cref="bool"/>, which can't be missing, becomes one of <see cref="float"/>.</summary>
internal sealed class FewerLabels : IDataView
{
    private readonly IDataView _source;
    private readonly DataViewSchema.Column _label;
    private readonly Func<long, bool> _isKept;

    /// <param name="source">The rows; they come in the same order each time.</param>
    /// <param name="task">The task.</param>
    /// <param name="isKept">Whether the row at a place keeps its label.</param>
    public FewerLabels(IDataView source, PredictionTask task, Func<long, bool> isKept)
    {
        _source = source;
        _label = DataColumns.RequireLabel(source.Schema, task);
        _isKept = isKept;
        DataViewType type = _label.Type switch
        {
            BooleanDataViewType => NumberDataViewType.Single,
            VectorDataViewType { ItemType: BooleanDataViewType } vector => new VectorDataViewType(NumberDataViewType.Single, vector.Dimensions),
            VectorDataViewType { ItemType: KeyDataViewType } => throw new ArgumentException(
                $"Option LabelEfficiency: the label column '{_label.Name}' of task '{task.Name}' is a bag of keys, and an empty bag is a label too, so that none can be missing. Make it a vector before, with Conversion.MapKeyToVector(\"{_label.Name}\", outputCountVector: true)."),
            var other => other,
        };
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in source.Schema)
        {
            builder.AddColumn(column.Name, column.Index == _label.Index ? type : column.Type, column.Annotations);
        }

        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    /// <summary>In another order, places would mean other rows.</summary>
    public bool CanShuffle => false;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new FewerLabelsCursor(_source.GetRowCursor(columnsNeeded.Select(column => _source.Schema[column.Index])), _source.Schema, Schema, _label, _isKept);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
}
