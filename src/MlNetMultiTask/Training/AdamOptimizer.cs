using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>Adam (Kingma and Ba 2015), and with decoupled decay AdamW (Loshchilov and Hutter 2019), on flat buffers.</summary>
internal sealed class AdamOptimizer : FlatOptimizer
{
    private readonly double _beta1Value;
    private readonly double _beta2Value;
    private readonly bool _decoupled;
    private readonly torch.Tensor _denominator;

    // A number literal in a tensor operation makes a native scalar each time; these are made once.
    private readonly Scalar _beta1;
    private readonly Scalar _oneMinusBeta1;
    private readonly Scalar _beta2;
    private readonly Scalar _oneMinusBeta2;
    private readonly Scalar _epsilon;

    public AdamOptimizer(torch.Tensor parameters, torch.Tensor decayed, double weightDecay, double beta1, double beta2, double epsilon, bool decoupled)
        : base(parameters, decayed, weightDecay, momentCount: 2)
    {
        (_beta1Value, _beta2Value, _decoupled) = (beta1, beta2, decoupled);
        (_beta1, _oneMinusBeta1, _beta2, _oneMinusBeta2) = (beta1.ToScalar(), (1 - beta1).ToScalar(), beta2.ToScalar(), (1 - beta2).ToScalar());
        _epsilon = epsilon.ToScalar();
        _denominator = torch.zeros_like(parameters, requires_grad: false).DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        _denominator.Dispose();
        _beta1.Dispose();
        _oneMinusBeta1.Dispose();
        _beta2.Dispose();
        _oneMinusBeta2.Dispose();
        _epsilon.Dispose();
        base.Dispose();
    }

    protected override void Move(torch.Tensor parameters, torch.Tensor gradients, double learningRate)
    {
        if (_decoupled)
        {
            Shrink(parameters, learningRate);
        }
        else
        {
            AddDecay(parameters, gradients);
        }

        (torch.Tensor mean, torch.Tensor square) = (Moments[0], Moments[1]);
        mean.mul_(_beta1).add_(gradients, _oneMinusBeta1);
        square.mul_(_beta2).addcmul_(gradients, gradients, _oneMinusBeta2);
        using Scalar correction = (1 / Math.Sqrt(1 - Math.Pow(_beta2Value, StepCount))).ToScalar();
        using Scalar rate = (-learningRate / (1 - Math.Pow(_beta1Value, StepCount))).ToScalar();
        torch.sqrt_(_denominator.copy_(square)).mul_(correction).PlusInPlace(_epsilon);
        parameters.addcdiv_(mean, _denominator, rate);
    }
}
