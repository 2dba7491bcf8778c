using System.Globalization;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Gradients of some tasks as explicit vectors, a row a task, and what is known of combinations of them.</summary>
internal sealed class Gradients(double[][] rows, string origin = "given")
{
    /// <summary>Gramians are known up to rounding, so a direction that is shorter than its root in relation to the gradients is not known at all.</summary>
    public const double Unknown = 1e-6;

    public double[][] Rows { get; } = rows;

    public int Count => Rows.Length;

    public double[] Norms { get; } = [.. rows.Select(Vectors.Length)];

    /// <summary>How far the unit gradients are from depending on one another: the shortest that is left of one when the ones before are taken out of it. 0 where a gradient is 0.</summary>
    public double Independence { get; } = Vectors.GetIndependence(rows);

    public double[] Mean => Combine([.. Enumerable.Repeat(1.0 / Count, Count)]);

    /// <summary>Whether two gradients oppose one another.</summary>
    public bool HasConflict => Enumerable.Range(0, Count).Any(i => Enumerable.Range(0, Count).Any(j => Vectors.Dot(Rows[i], Rows[j]) < 0));

    public double[] Weigh(TaskBalancing method, Func<double>? nextRandom = null) => method.Start([.. Enumerable.Range(0, Count).Select(i => $"T{i}")]).GetWeights(Steps.OfGradients(Rows, nextRandom));

    /// <summary>The combination Jᵀw.</summary>
    public double[] Combine(double[] weights)
    {
        double[] sum = new double[Rows[0].Length];
        for (int i = 0; i < Count; i++)
        {
            for (int k = 0; k < sum.Length; k++)
            {
                sum[k] += weights[i] * Rows[i][k];
            }
        }

        return sum;
    }

    /// <summary>
    /// The inner products of the unit gradients with a combination, in units of the length that the combination would have if nothing cancelled, Σ |wᵢ| ‖gᵢ‖. Rounding is of the order of 1e-16 in these units, whatever the
    /// scales of the rows are; a gradient of 0 has 0.
    /// </summary>
    public double[] Project(double[] weights)
    {
        double[] sum = Combine(weights);
        double size = GetSize(weights);
        return [.. Rows.Zip(Norms, (row, norm) => norm == 0 || size == 0 ? 0 : Vectors.Dot(row, sum) / norm / size)];
    }

    /// <summary>Σ |wᵢ| ‖gᵢ‖: the longest that the combination could be.</summary>
    public double GetSize(double[] weights) => weights.Zip(Norms, (weight, norm) => Math.Abs(weight) * norm).Sum();

    /// <summary>The same gradients, each times a number of its own.</summary>
    public Gradients Scale(double[] factors) => new([.. Rows.Zip(factors, (row, factor) => row.Select(value => value * factor).ToArray())], origin + ", scaled");

    public override string ToString() => $"{origin}: [{string.Join(", ", Rows.Select(row => $"[{string.Join(", ", row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]"))}]";
}
