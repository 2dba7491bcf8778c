using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>Adam (Kingma and Ba 2015) with its usual constants, on flat buffers.</summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly torch.Tensor _mean;
    private readonly torch.Tensor _square;
    private readonly torch.Tensor _denominator;

    // A number literal in a tensor operation makes a native scalar each time; these are made once.
    private readonly Scalar _beta1 = Beta1;
    private readonly Scalar _oneMinusBeta1 = 1 - Beta1;
    private readonly Scalar _beta2 = Beta2;
    private readonly Scalar _oneMinusBeta2 = 1 - Beta2;
    private readonly Scalar _epsilon = Epsilon;

    public AdamOptimizer(torch.Tensor parameters)
    {
        _mean = torch.zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
        _square = torch.zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
        _denominator = torch.zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>The number of updates so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>Moves the parameters one step against their gradients, in place.</summary>
    public void Step(torch.Tensor parameters, torch.Tensor gradients, double learningRate)
    {
        StepCount++;
        _mean.mul_(_beta1).add_(gradients, _oneMinusBeta1);
        _square.mul_(_beta2).addcmul_(gradients, gradients, _oneMinusBeta2);
        using Scalar correction = 1 / Math.Sqrt(1 - Math.Pow(Beta2, StepCount));
        using Scalar rate = -learningRate / (1 - Math.Pow(Beta1, StepCount));
        torch.sqrt_(_denominator.copy_(_square)).mul_(correction).add_(_epsilon);
        parameters.addcdiv_(_mean, _denominator, rate);
    }

    /// <summary>The state: the number of steps and both moments.</summary>
    public (long StepCount, float[] Mean, float[] Square) Export() =>
        (StepCount, _mean.data<float>().ToArray(), _square.data<float>().ToArray());

    public void Import(long stepCount, float[] mean, float[] square)
    {
        using IDisposable scope = torch.NewDisposeScope();
        StepCount = stepCount;
        _mean.copy_(torch.tensor(mean));
        _square.copy_(torch.tensor(square));
    }

    public void Dispose()
    {
        _mean.Dispose();
        _square.Dispose();
        _denominator.Dispose();
        _beta1.Dispose();
        _oneMinusBeta1.Dispose();
        _beta2.Dispose();
        _oneMinusBeta2.Dispose();
        _epsilon.Dispose();
    }
}
