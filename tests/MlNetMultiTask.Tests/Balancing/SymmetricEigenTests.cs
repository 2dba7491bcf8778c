using CsCheck;
using MlNetMultiTask.Balancing;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Eigenvalues and eigenvectors: A = V Λ Vᵀ with VᵀV = I.</summary>
public sealed class SymmetricEigenTests
{
    [Fact]
    public void Vectors_are_orthonormal_and_give_the_matrix_back() =>
        Gen.Int[1, 12].SelectMany(count => Gen.Select(Gen.Double[-1, 1].Array[count].Array[count], Gen.Double[-15, 15])).Sample(
            (half, power) =>
            {
                int count = half.Length;
                double scale = Math.Pow(10, power);
                RequireDecomposition(Fill(count, (i, j) => scale * (half[i][j] + half[j][i])));
            },
            iter: 400);

    [Fact]
    public void Gramians_of_all_kinds_of_gradients_are_taken_apart() =>
        GradientGen.All.Sample(gradients => RequireDecomposition(Steps.OfGradients(gradients.Rows).Gramian!), iter: 400);

    [Fact]
    public void The_rank_is_the_number_of_directions() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 6]).SelectMany((count, dimensions) => Gen.Double[-1, 1].Array[dimensions].Array[count]).Where(HasFullRank).Sample(rows =>
            Assert.Equal(Math.Min(rows.Length, rows[0].Length), new SymmetricEigen(Steps.OfGradients(rows).Gramian!).Rank));

    [Fact]
    public void The_pseudo_inverse_solves_on_the_range() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 6]).SelectMany((count, dimensions) => Gen.Double[-1, 1].Array[dimensions].Array[count]).Where(HasFullRank).Sample(rows =>
        {
            // b = G r lies in the range; the solution of least length has G x = b, and is a combination of G's columns.
            double[,] gramian = Steps.OfGradients(rows).Gramian!;
            double[] b = Multiply(gramian, [.. rows.Select((_, i) => 1.0 + i)]);
            double[] x = new SymmetricEigen(gramian).SolveOnRange(b);

            Assert.Equal(b, Multiply(gramian, x), (p, q) => Math.Abs(p - q) < 1e-7 * rows.Length * rows.Length);
            Assert.True(Vectors.Length(x) <= Vectors.Length([.. rows.Select((_, i) => 1.0 + i)]) * (1 + 1e-7));
        });

    [Fact]
    public void Known_matrices_have_their_eigenvalues()
    {
        Assert.Equal([-1.0, 1.0], new SymmetricEigen(new[,] { { 0.0, 1 }, { 1, 0 } }).Values.Order(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([0.0, 3.0], new SymmetricEigen(new[,] { { 1.0, Math.Sqrt(2) }, { Math.Sqrt(2), 2 } }).Values.Order(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([0.0, 0.0], new SymmetricEigen(new double[2, 2]).Values);
        Assert.Equal(0, new SymmetricEigen(new double[2, 2]).Rank);
    }

    private static bool HasFullRank(double[][] rows)
    {
        // The shorter side decides; rows that are short or nearly depend on one another are another test's.
        double[][] shorter = rows.Length <= rows[0].Length ? rows : [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Select(row => row[k]).ToArray())];
        return Vectors.GetIndependence(shorter) > 0.02 && rows.Concat(shorter).All(row => Vectors.Length(row) > 0.1);
    }

    private static void RequireDecomposition(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        var eigen = new SymmetricEigen(matrix);
        double size = Math.Sqrt(matrix.Cast<double>().Sum(value => value * value));
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double product = Enumerable.Range(0, count).Sum(k => eigen.Vectors[k, i] * eigen.Vectors[k, j]);
                double value = Enumerable.Range(0, count).Sum(k => eigen.Vectors[i, k] * eigen.Values[k] * eigen.Vectors[j, k]);
                Assert.Equal(i == j ? 1 : 0, product, 1e-13);
                Assert.Equal(matrix[i, j], value, 1e-13 * size);
            }
        }
    }

    private static double[,] Fill(int count, Func<int, int, double> get)
    {
        double[,] matrix = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                matrix[i, j] = get(i, j);
            }
        }

        return matrix;
    }

    private static double[] Multiply(double[,] matrix, double[] x) => [.. x.Select((_, i) => x.Select((value, j) => matrix[i, j] * value).Sum())];
}
