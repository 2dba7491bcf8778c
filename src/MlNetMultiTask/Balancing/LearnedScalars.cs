namespace MlNetMultiTask.Balancing;

/// <summary>
/// A number per task that is learned by Adam (Kingma, Ba 2015) beside the network. The number of a task that takes no part in a step stays, and so do its moments: its gap is as if the step had not
/// been.
/// </summary>
internal sealed class LearnedScalars
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double[] _means;
    private readonly double[] _squares;
    private readonly double[] _steps;

    public LearnedScalars(int count, double start)
    {
        Values = new double[count];
        Array.Fill(Values, start);
        _means = new double[count];
        _squares = new double[count];
        _steps = new double[count];
    }

    public double[] Values { get; }

    /// <summary>How many numbers <see cref="Export"/> gives.</summary>
    public int StateLength => 4 * Values.Length;

    /// <summary>Moves the number of one task against its gradient.</summary>
    public void Step(int task, double gradient, double learningRate)
    {
        _means[task] += (1 - FirstDecay) * (gradient - _means[task]);
        _squares[task] += (1 - SecondDecay) * ((gradient * gradient) - _squares[task]);
        _steps[task]++;
        double mean = _means[task] / (1 - Math.Pow(FirstDecay, _steps[task]));
        double square = _squares[task] / (1 - Math.Pow(SecondDecay, _steps[task]));
        Values[task] -= learningRate * mean / (Math.Sqrt(square) + Epsilon);
    }

    public double[] Export() => [.. Values, .. _means, .. _squares, .. _steps];

    /// <summary>Restores what <see cref="Export"/> gave, of that length.</summary>
    public void Import(ReadOnlySpan<double> state)
    {
        int count = Values.Length;
        state[..count].CopyTo(Values);
        state[count..(2 * count)].CopyTo(_means);
        state[(2 * count)..(3 * count)].CopyTo(_squares);
        state[(3 * count)..(4 * count)].CopyTo(_steps);
    }
}
