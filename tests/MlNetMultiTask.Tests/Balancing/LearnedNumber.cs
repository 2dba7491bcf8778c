namespace MlNetMultiTask.Tests.Balancing;

/// <summary>One number that follows Adam (Kingma, Ba 2015), written as in the paper.</summary>
internal sealed class LearnedNumber(double start)
{
    private double _m;
    private double _v;
    private int _t;

    public double Value { get; set; } = start;

    public void Step(double gradient, double learningRate)
    {
        _t++;
        _m = (0.9 * _m) + (0.1 * gradient);
        _v = (0.999 * _v) + (0.001 * gradient * gradient);
        Value -= learningRate * (_m / (1 - Math.Pow(0.9, _t))) / (Math.Sqrt(_v / (1 - Math.Pow(0.999, _t))) + 1e-8);
    }
}
