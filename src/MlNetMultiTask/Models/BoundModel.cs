using Microsoft.ML;

namespace MlNetMultiTask.Models;

/// <summary>A model tied to an input schema.</summary>
internal abstract class BoundModel
{
    /// <summary>The input columns that scoring reads.</summary>
    public abstract IReadOnlyList<DataViewSchema.Column> InputColumns { get; }

    /// <summary>A row's size while it is read ahead, in bytes: its inputs and scores.</summary>
    public abstract long BytesPerRow { get; }

    /// <summary>Begins to score the rows of a cursor.</summary>
    /// <param name="row">The row or cursor from which inputs are read.</param>
    /// <param name="capacity">How many rows are scored at once at most.</param>
    /// <param name="activeTasks">Per task, whether its scores are wanted.</param>
    public abstract BatchScorer CreateScorer(DataViewRow row, int capacity, IReadOnlyList<bool> activeTasks);
}
