using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Draws which rows keep their label when only a share of a task's labels is wanted: each class its share, and one at least; of a smaller share are those of a larger one.</summary>
internal sealed class LabelShares
{
    /// <summary>Per row, how many of its class come before it, and how many there are; none for rows without a label.</summary>
    private readonly (int Before, int Count)[] _places;

    /// <param name="labels">The labels.</param>
    /// <param name="random">What orders them.</param>
    public LabelShares(LabelColumn labels, CounterRandom random)
    {
        int[] strata = labels.Width > 1 ? new int[labels.RowCount]
            : labels.Task.HasIndexTargets ? [.. labels.Values.Select(value => float.IsNaN(value) ? -1 : (int)value)]
            : FoldStrata.OfNumbers(labels.Values);
        int[] order = [.. random.NextPermutation(labels.RowCount).Select(row => (int)row).Where(row => labels.IsLabelled[row])];
        var sizes = order.GroupBy(row => strata[row]).ToDictionary(stratum => stratum.Key, stratum => stratum.Count());
        var before = new Dictionary<int, int>();
        _places = new (int, int)[labels.RowCount];
        foreach (int row in order)
        {
            int place = before.GetValueOrDefault(strata[row]);
            _places[row] = (place, sizes[strata[row]]);
            before[strata[row]] = place + 1;
        }
    }

    /// <summary>How many labels a share keeps.</summary>
    public int Count(double share) => Enumerable.Range(0, _places.Length).Count(row => Keeps(row, share));

    /// <summary>Whether a row keeps its label.</summary>
    public bool Keeps(long row, double share) => row < _places.Length && _places[row] is { Count: > 0 } place && place.Before < Math.Ceiling(share * place.Count);
}
