using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>
/// Tables as they come about where one of two labels is permuted: with the same totals of rows and columns. Small tables of many data are drawn cell by cell (as by Patefield 1981), at a cost
/// that hardly grows with the data; large ones by shuffling. Both follow the same distribution.
/// </summary>
internal sealed class RandomTable
{
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int[] _left;
    private readonly int[] _labels;
    private readonly int _total;
    private readonly CountLogarithms _logarithms;
    private readonly CounterRandom _random;

    /// <param name="table">The table whose totals are kept.</param>
    /// <param name="logarithms">Up to the table's total, at least.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="shuffles">Whether labels are shuffled; null for what is faster.</param>
    public RandomTable(ContingencyTable table, CountLogarithms logarithms, CounterRandom random, bool? shuffles = null)
    {
        _rows = [.. table.RowTotals.Where(total => total > 0)];
        _columns = [.. table.ColumnTotals.Where(total => total > 0)];
        _total = table.Total;
        _logarithms = logarithms;
        _random = random;
        Shuffles = shuffles ?? GetShuffleCost() < GetDrawingCost();
        _left = new int[_columns.Length];
        _labels = Shuffles ? [.. _columns.Index().SelectMany(column => Enumerable.Repeat(column.Index, column.Item))] : [];
    }

    public bool Shuffles { get; }

    /// <summary>The next table's Σ n log n over its cells: mutual information, but for a constant and a factor.</summary>
    public double Next() => Shuffles ? Shuffle() : Draw();

    private double Draw()
    {
        double sum = 0;
        _columns.CopyTo(_left, 0);
        int left = _total;
        for (int row = 0; row < _rows.Length; row++)
        {
            int needed = _rows[row];
            int among = left;
            for (int column = 0; column < _left.Length && needed > 0; column++)
            {
                int marked = _left[column];
                int count = Hypergeometric.Draw(among, marked, needed, _logarithms.Factorials, _random);
                sum += _logarithms.Products[count];
                _left[column] -= count;
                needed -= count;
                among -= marked;
            }

            left -= _rows[row];
        }

        return sum;
    }

    private double Shuffle()
    {
        double sum = 0;
        int next = 0;
        foreach (int size in _rows)
        {
            // The labels of this row of the table: drawn from those that no row has yet.
            for (int i = next; i < next + size; i++)
            {
                int other = i + (int)_random.NextBelow((uint)(_total - i));
                (_labels[i], _labels[other]) = (_labels[other], _labels[i]);
                _left[_labels[i]]++;
            }

            for (int i = next; i < next + size; i++)
            {
                sum += _logarithms.Products[_left[_labels[i]]];
                _left[_labels[i]] = 0;
            }

            next += size;
        }

        return sum;
    }

    // Nanoseconds, roughly.
    private double GetShuffleCost() => 12.0 * _total;

    private double GetDrawingCost()
    {
        double cells = (double)_rows.Length * _columns.Length;
        double steps = _rows.Sum(total => Math.Sqrt(total)) * _columns.Sum(total => Math.Sqrt(total)) / Math.Sqrt(_total);
        return (60 * cells) + Math.Min(8 * steps, 150 * cells);
    }
}
