using CsCheck;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>
/// UPGrad and DualProj: min vᵀGv with v ≥ u, which is where v ≥ u, Gv ≥ 0 and (v − u)·Gv = 0. DualProj has u = 1/T; UPGrad is the mean of the solutions for u = eᵢ.
/// </summary>
public sealed class DualConeTests
{
    [Fact]
    public void The_projected_mean_meets_the_conditions_of_the_minimum() =>
        GradientGen.All.Sample(
            gradients => RequireMinimum(gradients, gradients.Weigh(TaskBalancing.DualProj()), [.. Enumerable.Repeat(1.0 / gradients.Count, gradients.Count)]),
            iter: 2000);

    [Fact]
    public void Projections_of_any_combination_meet_the_conditions_of_the_minimum() =>
        Gen.Select(GradientGen.All, Gen.Double[0, 1].Array[12]).Sample(
            (gradients, lower) =>
            {
                double[] u = lower[..gradients.Count];
                RequireMinimum(gradients, MlNetMultiTask.Balancing.DualCone.Project(new MlNetMultiTask.Balancing.ScaledGramian(Steps.OfGradients(gradients.Rows).Gramian!), u), u);
            },
            iter: 1000);

    [Fact]
    public void No_gradient_is_opposed_by_either_method() =>
        GradientGen.All.Sample(
            gradients =>
            {
                foreach (TaskBalancing method in new[] { TaskBalancing.UPGrad(), TaskBalancing.DualProj() })
                {
                    double[] weights = gradients.Weigh(method);
                    Assert.All(weights, weight => Assert.True(weight >= 1.0 / gradients.Count, $"{weight}"));
                    Assert.All(gradients.Project(weights), share => Assert.True(share >= -Gradients.Unknown, $"{method}: {share}"));
                }
            },
            iter: 2000);

    [Fact]
    public void UPGrad_is_the_mean_of_the_projections_of_each_gradient() =>
        GradientGen.IndependentOfOneScale.Where(gradients => gradients.Independence > 0.05).Sample(
            gradients =>
            {
                double[] mean = new double[gradients.Rows[0].Length];
                foreach (double[] row in gradients.Rows)
                {
                    mean = Vectors.Add(mean, 1.0 / gradients.Count, ProjectSlowly(row, gradients.Rows));
                }

                double[] combined = gradients.Combine(gradients.Weigh(TaskBalancing.UPGrad()));

                Assert.True(Vectors.Length(Vectors.Add(combined, -1, mean)) < 1e-7 * gradients.Norms.Max());
            },
            iter: 60);

    [Fact]
    public void Without_conflict_both_are_the_mean() =>
        Gen.Double[0, 1].Array[6].Array[1, 12].Sample(rows =>
        {
            var gradients = new Gradients(rows);
            double[] mean = [.. Enumerable.Repeat(1.0 / rows.Length, rows.Length)];

            Assert.Equal(mean, gradients.Weigh(TaskBalancing.DualProj()));
            Assert.Equal(mean, gradients.Weigh(TaskBalancing.UPGrad()), (a, b) => Math.Abs(a - b) < 1e-15);
        });

    [Fact]
    public void Opposed_gradients_of_one_line_cancel()
    {
        foreach (TaskBalancing method in new[] { TaskBalancing.UPGrad(), TaskBalancing.DualProj() })
        {
            var gradients = new Gradients([[1, 1], [-2, -2]]);
            Assert.Equal(0, Vectors.Length(gradients.Combine(gradients.Weigh(method))), 1e-12);
        }
    }

    private static void RequireMinimum(Gradients gradients, double[] v, double[] u)
    {
        double[] projections = gradients.Project(v);
        for (int i = 0; i < v.Length; i++)
        {
            Assert.True(v[i] >= u[i], $"{v[i]} < {u[i]}");

            // In units of the gradient and of what is combined, in which rounding is.
            Assert.True(projections[i] >= -Gradients.Unknown, $"task {i}: {projections[i]}");
            Assert.True(v[i] == u[i] || projections[i] <= Gradients.Unknown, $"task {i} is raised and gains {projections[i]}");
        }
    }

    /// <summary>Dykstra's alternating projections onto the half-spaces (1983): slow, but made of nothing else than the definition.</summary>
    private static double[] ProjectSlowly(double[] vector, double[][] rows)
    {
        double[] x = vector;
        double[][] corrections = [.. rows.Select(row => new double[row.Length])];
        for (int round = 0; round < 20000; round++)
        {
            double[] before = x;
            for (int i = 0; i < rows.Length; i++)
            {
                double[] y = Vectors.Add(x, 1, corrections[i]);
                double product = Vectors.Dot(y, rows[i]);
                x = product < 0 ? Vectors.Add(y, -product / Vectors.Dot(rows[i], rows[i]), rows[i]) : y;
                corrections[i] = Vectors.Add(y, -1, x);
            }

            if (Vectors.Length(Vectors.Add(x, -1, before)) < 1e-14 * Vectors.Length(vector))
            {
                break;
            }
        }

        return x;
    }
}
