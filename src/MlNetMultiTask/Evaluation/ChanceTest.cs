using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Whether two labels share more information than they would by chance: a permutation test that ends early where they clearly don't.</summary>
/// <param name="PValue">The p-value; NaN where there is nothing to permute.</param>
/// <param name="MeanInformation">The mean mutual information of the permuted labels, in bits.</param>
internal sealed record ChanceTest(double PValue, double MeanInformation)
{
    /// <summary>After so many permutations that are as good as the true labels, their share is the p-value (Besag and Clifford 1991).</summary>
    private const int Enough = 20;

    private const int CancellationInterval = 64;

    public static ChanceTest None { get; } = new(double.NaN, double.NaN);

    /// <summary>Whether there is anything to permute: two values on both sides.</summary>
    public static bool Applies(ContingencyTable table) => table.RowTotals.Count(total => total > 0) > 1 && table.ColumnTotals.Count(total => total > 0) > 1;

    public static ChanceTest Run(ContingencyTable table, int permutations, CountLogarithms logarithms, CounterRandom random, CancellationToken cancellationToken)
    {
        double[] products = logarithms.Products;
        double observed = table.Cells.Sum(cell => products[cell.Count]);

        // The same table, added up in another order, must count as as good.
        double bound = observed - (1e-9 * Math.Max(1, observed));
        var tables = new RandomTable(table, logarithms, random);
        double sum = 0;
        int reached = 0;
        int done = 0;
        while (done < permutations && reached < Enough)
        {
            if (done % CancellationInterval == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            double next = tables.Next();
            sum += next;
            reached += next >= bound ? 1 : 0;
            done++;
        }

        double constant = table.RowTotals.Sum(total => products[total]) + table.ColumnTotals.Sum(total => products[total]) - products[table.Total];
        double mean = Math.Max(0, ((sum / done) - constant) / (table.Total * Math.Log(2)));
        return new ChanceTest(reached == Enough ? (double)reached / done : (reached + 1.0) / (done + 1.0), mean);
    }
}
