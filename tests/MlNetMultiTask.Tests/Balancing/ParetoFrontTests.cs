using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>
/// Losses ½ (x − aᵢ)ᵀ H (x − aᵢ) of one H: a point is on the Pareto front where, and only where, it lies in the convex hull of the aᵢ, as its gradients H (x − aᵢ) cancel there with weights on the simplex.
/// </summary>
public sealed class ParetoFrontTests
{
    private static readonly double[] _curvatures = [1, 0.3, 2, 0.7, 1.4];
    private static readonly double[][] _optima = [[1, 0, 0, 0.5, -1], [-1, 1, 0.5, 0, 0], [0, -1, 1, -0.5, 1]];

    public static TheoryData<string> Methods => ["MGDA", "UPGrad"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Descent_ends_on_the_front_from_fifty_random_starts(string method)
    {
        TaskWeighting weighting = Create(method).Start(["A", "B", "C"]);
        var random = new CounterRandom(11, 0);
        var ends = new List<double[]>();
        for (int start = 0; start < 50; start++)
        {
            double[] x = [.. _curvatures.Select(_ => 6 * (random.NextDouble() - 0.5))];
            double[] losses = GetLosses(x);
            for (int step = 0; step < 800; step++)
            {
                double[][] rows = [.. _optima.Select(optimum => GetGradient(x, optimum))];
                x = Vectors.Add(x, -0.2, new Gradients(rows).Combine(weighting.GetWeights(Steps.OfGradients(rows))));
                double[] next = GetLosses(x);

                // Along MGDA's direction every loss falls by its squared length, which pays for the curvature; UPGrad only promises not to grow to first order.
                Assert.True(method != "MGDA" || next.Zip(losses).All(pair => pair.First <= pair.Second + 1e-12), $"a loss grew in step {step} of start {start}");
                losses = next;
            }

            Assert.True(GetDistanceToHull(x) < 1e-3, $"{GetDistanceToHull(x)} from the front after start {start}");
            ends.Add(x);
        }

        // Where it ends depends on where it began: it does not go to one point of the front.
        Assert.True(ends.Max(end => Vectors.Length(Vectors.Add(end, -1, ends[0]))) > 0.3);
    }

    [Fact]
    public void The_front_is_told_from_other_points()
    {
        Assert.Equal(0, GetDistanceToHull(_optima[1]), 1e-9);
        Assert.Equal(0, GetDistanceToHull([0, 0, 0.5, 0, 0]), 1e-9);
        Assert.True(GetDistanceToHull([0, 0, 0.5, 0.2, 0]) > 0.1);
        Assert.True(GetDistanceToHull([1.5, 0, 0, 0.5, -1]) > 0.1);
    }

    [Theory]
    [InlineData("Sum", true)]
    [InlineData("MGDA", false)]
    [InlineData("UPGrad", false)]
    [InlineData("NashMTL", false)]
    public void Of_two_losses_of_different_scale_the_sum_sacrifices_the_small_one(string method, bool isSacrificed)
    {
        // 50 (x − 1)² + 50 y² and ½ (x + 1)² + ½ (y − ½)²: the front is the way between the optima, and the sum's point lies next to that of the large loss.
        double[] Small(double[] x) => [x[0] + 1, x[1] - 0.5];
        double[] Large(double[] x) => [100 * (x[0] - 1), 100 * x[1]];
        double LossOf(double[] x) => 0.5 * Vectors.Dot(Small(x), Small(x));

        TaskWeighting weighting = Create(method).Start(["Large", "Small"]);
        double[] x = [-0.5, 1.5];
        double start = LossOf(x);
        for (int step = 0; step < 20000; step++)
        {
            double[][] rows = [Large(x), Small(x)];
            double[] combined = new Gradients(rows).Combine(weighting.GetWeights(Steps.OfGradients(rows)));
            x = Vectors.Add(x, -5e-4, combined);
        }

        double end = LossOf(x);
        double largeEnd = 0.005 * Vectors.Dot(Large(x), Large(x));
        Assert.Equal(isSacrificed, end > start);
        Assert.True(largeEnd < 50 * ((1.5 * 1.5) + (1.5 * 1.5)), $"the large loss ends at {largeEnd}");
        Assert.True(isSacrificed || end < 0.95 * start, $"{start} to {end}");
    }

    private static TaskBalancing Create(string method) => method switch
    {
        "Sum" => TaskBalancing.Sum(),
        "MGDA" => TaskBalancing.MGDA(),
        "UPGrad" => TaskBalancing.UPGrad(),
        "NashMTL" => TaskBalancing.NashMTL(),
        _ => throw new ArgumentException(method),
    };

    private static double[] GetGradient(double[] x, double[] optimum) => [.. x.Zip(optimum, (own, best) => own - best).Zip(_curvatures, (distance, curvature) => distance * curvature)];

    private static double[] GetLosses(double[] x) => [.. _optima.Select(optimum => 0.5 * Vectors.Dot(GetGradient(x, optimum), Vectors.Add(x, -1, optimum)))];

    /// <summary>By projecting onto the triangle, its sides and its corners.</summary>
    private static double GetDistanceToHull(double[] x)
    {
        (double[] a, double[] b, double[] c) = (_optima[0], _optima[1], _optima[2]);
        double least = new[] { GetDistanceToSide(x, a, b), GetDistanceToSide(x, b, c), GetDistanceToSide(x, c, a) }.Min();
        (double[] ab, double[] ac, double[] ax) = (Vectors.Add(b, -1, a), Vectors.Add(c, -1, a), Vectors.Add(x, -1, a));
        (double bb, double cc, double bc) = (Vectors.Dot(ab, ab), Vectors.Dot(ac, ac), Vectors.Dot(ab, ac));
        double determinant = (bb * cc) - (bc * bc);
        double s = ((cc * Vectors.Dot(ab, ax)) - (bc * Vectors.Dot(ac, ax))) / determinant;
        double t = ((bb * Vectors.Dot(ac, ax)) - (bc * Vectors.Dot(ab, ax))) / determinant;
        return s >= 0 && t >= 0 && s + t <= 1 ? Vectors.Length(Vectors.Add(Vectors.Add(ax, -s, ab), -t, ac)) : least;
    }

    private static double GetDistanceToSide(double[] x, double[] from, double[] to)
    {
        double[] side = Vectors.Add(to, -1, from);
        double share = Math.Clamp(Vectors.Dot(Vectors.Add(x, -1, from), side) / Vectors.Dot(side, side), 0, 1);
        return Vectors.Length(Vectors.Add(Vectors.Add(x, -1, from), -share, side));
    }
}
