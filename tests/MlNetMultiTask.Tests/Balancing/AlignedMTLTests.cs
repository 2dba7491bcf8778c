using CsCheck;
using MlNetMultiTask.Balancing;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Aligned-MTL: the gradients become B J with B = √λ V Λ^(−1/2) Vᵀ, whose Gramian is λ I on its range, λ the smallest eigenvalue there; w = B 1/T.</summary>
public sealed class AlignedMTLTests
{
    [Fact]
    public void The_combination_is_as_long_as_orthogonal_gradients_of_the_shortest_length_make_it() =>
        GradientGen.Independent.Where(gradients => gradients.Independence > 0.05).Sample(
            gradients =>
            {
                // B symmetric with B G B = λ I: w = B 1/T, so that G w = λ B⁻¹ 1/T, and wᵀGw = λ 1ᵀ1 / T² = λ / T.
                double[] weights = gradients.Weigh(TaskBalancing.AlignedMTL());
                double[] combined = gradients.Combine(weights);
                double smallest = GetSmallestEigenvalue(gradients);

                Assert.Equal(smallest / gradients.Count, Vectors.Dot(combined, combined), 1e-7 * smallest);
            },
            iter: 150);

    [Fact]
    public void The_aligned_gradients_are_orthogonal_and_of_the_smallest_length() =>
        GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05).Sample(
            gradients =>
            {
                // B is linear in the weights' mean 1/T: it is read off by its definition here, and w compared.
                int count = gradients.Count;
                double[,] gramian = Steps.OfGradients(gradients.Rows).Gramian!;
                double[,] root = GetRoot(gramian);
                double smallest = GetSmallestEigenvalue(gradients);
                double[] weights = gradients.Weigh(TaskBalancing.AlignedMTL());

                // G^(1/2) w = √λ 1/T: with the root of G, found by Newton's iteration.
                for (int i = 0; i < count; i++)
                {
                    double sum = Enumerable.Range(0, count).Sum(j => root[i, j] * weights[j]);
                    Assert.Equal(Math.Sqrt(smallest) / count, sum, 1e-6 * Math.Sqrt(smallest));
                }
            },
            iter: 100);

    [Fact]
    public void Orthogonal_gradients_all_come_to_be_as_long_as_the_shortest() =>
        Gen.Double[0.01, 100].Array[1, 12].Sample(lengths =>
        {
            var gradients = new Gradients([.. lengths.Select((length, i) => Enumerable.Range(0, lengths.Length).Select(k => k == i ? length : 0).ToArray())]);

            double[] weights = gradients.Weigh(TaskBalancing.AlignedMTL());

            Assert.Equal(lengths.Select(length => lengths.Min() / length / lengths.Length), weights, (a, b) => Math.Abs(a - b) < 1e-12);
        });

    [Fact]
    public void Gradients_far_apart_in_scale_are_aligned_too() =>
        Gen.Double[-8, 8].Array[1, 12].Sample(powers =>
        {
            double[] lengths = [.. powers.Select(power => Math.Pow(10, power))];
            var gradients = new Gradients([.. lengths.Select((length, i) => Enumerable.Range(0, lengths.Length).Select(k => k == i ? length : 0).ToArray())]);

            Assert.Equal(lengths.Select(length => lengths.Min() / length / lengths.Length), gradients.Weigh(TaskBalancing.AlignedMTL()), (a, b) => Math.Abs(a - b) < 1e-12 * a);
        });

    [Fact]
    public void Copies_of_a_gradient_share_one_direction() =>
        Gen.Select(Gen.Int[1, 12], Gen.Double[-1, 1].Array[4].Where(axis => Vectors.Length(axis) > 0.1)).Sample((count, axis) =>
        {
            double[] weights = new Gradients([.. Enumerable.Repeat(axis, count)]).Weigh(TaskBalancing.AlignedMTL());

            // On its range λ / Λ is 1: B projects onto 1, and leaves 1/T as it is.
            Assert.Equal(Enumerable.Repeat(1.0 / count, count), weights, (a, b) => Math.Abs(a - b) < 1e-12);
        });

    [Fact]
    public void Weights_never_combine_to_more_than_the_shortest_gradient() =>
        GradientGen.All.Sample(
            gradients =>
            {
                double[] weights = gradients.Weigh(TaskBalancing.AlignedMTL());
                double[] lengths = [.. gradients.Norms.Where(norm => norm > 0)];

                // ‖Bx‖² = λ ‖x‖² on the range; λ is no more than the square of the shortest gradient that depends on no others, and no more than that of the longest where some do.
                Assert.All(weights, weight => Assert.InRange(weight, -1.0000001, 1.0000001));
                double limit = gradients.Independence > 1e-3 ? lengths.Min() : lengths.Sum();
                Assert.True(Vectors.Length(gradients.Combine(weights)) <= limit * 1.000001, $"{Vectors.Length(gradients.Combine(weights))} and {limit}");
            },
            iter: 700);

    [Fact]
    public void Eigenvalues_that_rounding_makes_negative_are_left_out()
    {
        // Three of one direction and four beside it, up to 1e24 times as short: of the Gramian's eigenvalues, fewer than its rank are above 0.
        var gradients = new Gradients(
        [
            [-8.290776969935011E-12, 2.960073663141273E-11, -1.9046378266797792E-11, -2.4481745642688452E-12, 1.588043504598492E-11, 8.64597380142803E-14, -3.581035471834173E-12],
            [-3.5451148341783635E-14, -1.1401507030906817E-13, 7.469139249893887E-14, -7.784922041599321E-14, 2.3458479063780584E-13, 1.9410789022047666E-13, 2.705837710791056E-13],
            [59.736351336267326, 148.16876605082277, -4.212456513787377, 327.0745423941839, -180.53925041829189, -444.746465814904, -88.24326335617826],
            [-3249421.003396385, -8059794.2376865, 229140.95697334348, -17791560.142940428, 9820620.42699562, 24192446.885943264, 4800084.1517972695],
            [-7.180394049494815E-19, -3.322636952126958E-17, -2.372030717389947E-18, 1.4607420773936117E-17, -4.811053074555499E-17, -9.209006069030466E-18, 4.263034165644964E-17],
            [-0.006977609890234059, -0.017307114091829102, 0.0004920434076098076, -0.03820451888826745, 0.021088205611842218, 0.05194939547796139, 0.010307410046702627],
            [517587.6676017491, 1283813.361847591, -36498.97413760285, 2833948.604920955, -1564288.5352697098, -3853521.0262274826, -764586.7857980331],
        ]);

        Assert.All(gradients.Weigh(TaskBalancing.AlignedMTL()), weight => Assert.InRange(weight, -1, 1));
    }

    [Fact]
    public void Gradients_of_0_only_weigh_0() => Assert.Equal([0.0, 0.0], new Gradients([[0, 0], [0, 0]]).Weigh(TaskBalancing.AlignedMTL()));

    /// <summary>By powers of the inverse, whose largest entries are known well also where gradients are far apart in scale.</summary>
    private static double GetSmallestEigenvalue(Gradients gradients)
    {
        double[,] inverse = Invert(Steps.OfGradients(gradients.Rows).Gramian!);
        double[] x = [.. gradients.Norms.Select((norm, i) => gradients.Norms.Min() / norm * (1 + (0.1 * i)))];
        double largest = 0;
        for (int round = 0; round < 500; round++)
        {
            double[] next = [.. x.Select((_, i) => x.Select((value, j) => inverse[i, j] * value).Sum())];
            double before = largest;
            largest = Vectors.Dot(x, next) / Vectors.Dot(x, x);
            x = Vectors.Multiply(next, 1 / Vectors.Length(next));
            if (round > 50 && Math.Abs(largest - before) < 1e-13 * largest)
            {
                break;
            }
        }

        return 1 / largest;
    }

    /// <summary>The square root by Denman's and Beavers' iteration (1976), with inverses by elimination: nothing in common with eigenvectors.</summary>
    private static double[,] GetRoot(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        double[,] y = matrix;
        double[,] z = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            z[i, i] = 1;
        }

        for (int round = 0; round < 60; round++)
        {
            (double[,] inverseY, double[,] inverseZ) = (Invert(y), Invert(z));
            (y, z) = (Average(y, inverseZ), Average(z, inverseY));
        }

        return y;
    }

    private static double[,] Average(double[,] a, double[,] b)
    {
        double[,] mean = new double[a.GetLength(0), a.GetLength(0)];
        for (int i = 0; i < mean.GetLength(0); i++)
        {
            for (int j = 0; j < mean.GetLength(0); j++)
            {
                mean[i, j] = (a[i, j] + b[i, j]) / 2;
            }
        }

        return mean;
    }

    private static double[,] Invert(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        double[,] inverse = new double[count, count];
        int[] all = [.. Enumerable.Range(0, count)];
        Cholesky factor = Cholesky.TryFactor(matrix, all)!;
        for (int k = 0; k < count; k++)
        {
            double[] column = factor.Solve([.. all.Select(i => i == k ? 1.0 : 0.0)]);
            Array.ForEach(all, i => inverse[i, k] = column[i]);
        }

        return inverse;
    }
}
