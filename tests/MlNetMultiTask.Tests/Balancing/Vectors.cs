namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Arithmetic of explicit vectors.</summary>
internal static class Vectors
{
    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static double Length(double[] a) => Math.Sqrt(Dot(a, a));

    public static double[] Add(double[] a, double factor, double[] b) => [.. a.Zip(b, (x, y) => x + (factor * y))];

    public static double[] Multiply(double[] a, double factor) => [.. a.Select(x => x * factor)];

    /// <summary>The shortest that is left of a unit vector when those before are taken out of it.</summary>
    public static double GetIndependence(double[][] rows)
    {
        double least = 1;
        var basis = new List<double[]>();
        foreach (double[] row in rows)
        {
            double length = Length(row);
            if (length == 0)
            {
                return 0;
            }

            double[] rest = Multiply(row, 1 / length);

            // Twice is enough (Parlett).
            for (int pass = 0; pass < 2; pass++)
            {
                rest = basis.Aggregate(rest, (left, axis) => Add(left, -Dot(left, axis), axis));
            }

            double restLength = Length(rest);
            least = Math.Min(least, restLength);
            if (restLength < 1e-15)
            {
                return 0;
            }

            basis.Add(Multiply(rest, 1 / restLength));
        }

        return least;
    }
}
