namespace MlNetMultiTask.Evaluation;

/// <summary>Tables of logarithms up to a count: what random tables are weighed by.</summary>
internal sealed class CountLogarithms
{
    public CountLogarithms(int maximum)
    {
        Factorials = new double[maximum + 1];
        Products = new double[maximum + 1];
        for (int n = 1; n <= maximum; n++)
        {
            double logarithm = Math.Log(n);
            Factorials[n] = Factorials[n - 1] + logarithm;
            Products[n] = n * logarithm;
        }
    }

    /// <summary>log n!</summary>
    public double[] Factorials { get; }

    /// <summary>n log n.</summary>
    public double[] Products { get; }
}
