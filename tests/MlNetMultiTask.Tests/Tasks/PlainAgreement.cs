namespace MlNetMultiTask.Tests.Tasks;

/// <summary>Agreement of numbers as textbooks write it, in double precision.</summary>
internal static class PlainAgreement
{
    /// <summary>Lin's concordance correlation.</summary>
    public static double GetConcordance(IReadOnlyList<float> a, IReadOnlyList<float> b)
    {
        (double meanA, double meanB) = (a.Average(x => (double)x), b.Average(x => (double)x));
        double covariance = a.Zip(b).Average(pair => (pair.First - meanA) * (pair.Second - meanB));
        return 2 * covariance / (a.Average(x => Math.Pow(x - meanA, 2)) + b.Average(x => Math.Pow(x - meanB, 2)) + Math.Pow(meanA - meanB, 2));
    }
}
