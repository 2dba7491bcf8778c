namespace MlNetMultiTask.Balancing;

/// <summary>A floor under losses that a method divides by, or takes the logarithm of: a task that has nothing left to learn would weigh infinitely much.</summary>
internal static class SmallestLoss
{
    public const double Value = 1e-12;

    public static double Floor(double loss) => Math.Max(loss, Value);
}
