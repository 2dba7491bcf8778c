namespace MlNetMultiTask.Tests.Networks;

/// <summary>Parameters that lie one behind the other, taken in their order.</summary>
internal sealed class PlainParameters(double[] values)
{
    private int _next;

    public bool AreAllTaken => _next == values.Length;

    public double[] Take(int count) => values[_next..(_next += count)];
}
