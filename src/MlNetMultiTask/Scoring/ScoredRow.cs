using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Scoring;

/// <summary>A row with its predictions, computed when a getter first asks at a position.</summary>
internal sealed class ScoredRow : DataViewRow
{
    private readonly SchemaBinding _binding;
    private readonly DataViewRow _input;
    private readonly ActiveColumns _active;
    private readonly BatchScorer? _scorer;
    private long _scoredPosition = -1;

    public ScoredRow(SchemaBinding binding, DataViewRow input, DataViewSchema.Column[] activeColumns)
    {
        _binding = binding;
        _input = input;
        _active = new ActiveColumns(binding.OutputSchema, activeColumns);
        bool[] tasks = binding.GetActiveTasks(activeColumns);
        _scorer = tasks.Contains(true) ? binding.BoundModel.CreateScorer(input, 1, tasks) : null;
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.Require(column);
        return _binding.IsInput(column)
            ? _input.GetGetter<TValue>(_binding.InputSchema[column.Index])
            : ActiveColumns.Cast<TValue>(column, _binding.CreateGetter(column, _scorer!, GetScoredRow));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int GetScoredRow()
    {
        // One pass serves all outputs of a row; the position tells when the row has changed.
        if (_input.Position != _scoredPosition || _input.Position < 0)
        {
            _scorer!.Collect(0);
            _scorer.Score(1);
            _scoredPosition = _input.Position;
        }

        return 0;
    }
}
