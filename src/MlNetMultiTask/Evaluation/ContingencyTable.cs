using System.Runtime.InteropServices;

namespace MlNetMultiTask.Evaluation;

/// <summary>How often each pair of values occurs together; pairs that never do take no memory.</summary>
internal sealed class ContingencyTable
{
    private ContingencyTable(IReadOnlyList<(int Row, int Column, int Count)> cells, int[] rowTotals, int[] columnTotals, int total)
    {
        Cells = cells;
        RowTotals = rowTotals;
        ColumnTotals = columnTotals;
        Total = total;
    }

    /// <summary>The pairs that occur.</summary>
    public IReadOnlyList<(int Row, int Column, int Count)> Cells { get; }

    public int[] RowTotals { get; }

    public int[] ColumnTotals { get; }

    /// <summary>The number of rows of data that have both values.</summary>
    public int Total { get; }

    /// <summary>Counts pairs of codes; rows of data in which one is -1 are left out.</summary>
    public static ContingencyTable Count(int[] rows, int numberOfRows, int[] columns, int numberOfColumns)
    {
        int[] rowTotals = new int[numberOfRows];
        int[] columnTotals = new int[numberOfColumns];
        var counts = new Dictionary<(int Row, int Column), int>();
        int total = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            (int row, int column) = (rows[i], columns[i]);
            if (row < 0 || column < 0)
            {
                continue;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(counts, (row, column), out _)++;
            rowTotals[row]++;
            columnTotals[column]++;
            total++;
        }

        // In the order of values: sums are then the same, bit by bit, whatever the order of the data.
        return new ContingencyTable([.. counts.Select(cell => (cell.Key.Row, cell.Key.Column, cell.Value)).Order()], rowTotals, columnTotals, total);
    }

    /// <summary>The same pairs the other way round.</summary>
    public ContingencyTable Transpose() => new([.. Cells.Select(cell => (cell.Column, cell.Row, cell.Count)).Order()], ColumnTotals, RowTotals, Total);

    /// <summary>The smallest share of the data without which each row would have one column; NaN without data.</summary>
    public double GetFunctionExceptions()
    {
        int[] largest = new int[RowTotals.Length];
        foreach ((int row, _, int count) in Cells)
        {
            largest[row] = Math.Max(largest[row], count);
        }

        return Total == 0 ? double.NaN : (Total - largest.Sum(count => (long)count)) / (double)Total;
    }
}
