using CsCheck;
using MlNetMultiTask.Balancing;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Small linear systems, of rows and columns that are picked.</summary>
public sealed class CholeskyTests
{
    [Fact]
    public void Solutions_solve_the_picked_rows_and_columns() =>
        Gen.Select(GradientGen.Independent.Where(gradients => gradients.Independence > 0.05), Gen.Bool.Array[12], Gen.Double[-1, 1].Array[12]).Sample(
            (gradients, picks, values) =>
            {
                double[,] gramian = Steps.OfGradients(gradients.Rows).Gramian!;
                int[] picked = [.. Enumerable.Range(0, gradients.Count).Where(i => picks[i]).Reverse()];

                // The wanted solution is of the inverse scale of each row, so that all terms are about 1.
                double[] wanted = [.. picked.Select(i => values[i] / gradients.Norms[i])];
                double[] b = [.. picked.Select(i => picked.Select((j, place) => gramian[i, j] * wanted[place]).Sum())];
                double[] x = Cholesky.TryFactor(gramian, picked)!.Solve(b);

                Assert.Equal(wanted.Length, x.Length);
                for (int place = 0; place < x.Length; place++)
                {
                    Assert.Equal(values[picked[place]], x[place] * gradients.Norms[picked[place]], 1e-8);
                }
            },
            iter: 500);

    [Fact]
    public void Rows_that_depend_on_one_another_are_refused()
    {
        double[,] gramian = Steps.OfGradients([[1, 2, 0], [0, 1, 1], [1, 3, 1], [0, 0, 0]]).Gramian!;

        Assert.NotNull(Cholesky.TryFactor(gramian, [0, 1]));
        Assert.NotNull(Cholesky.TryFactor(gramian, [2, 1]));
        Assert.Null(Cholesky.TryFactor(gramian, [0, 1, 2]));
        Assert.Null(Cholesky.TryFactor(gramian, [3]));
        Assert.Empty(Cholesky.TryFactor(gramian, [])!.Solve([]));
    }

    [Fact]
    public void A_matrix_that_is_not_positive_is_refused() => Assert.Null(Cholesky.TryFactor(new[,] { { 1.0, 2 }, { 2, 1 } }, [0, 1]));
}
