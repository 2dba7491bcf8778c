using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>Stochastic gradient descent with momentum (Polyak 1964; the look-ahead after Sutskever et al. 2013), on flat buffers.</summary>
internal sealed class SgdOptimizer : FlatOptimizer
{
    private readonly bool _nesterov;
    private readonly Scalar _momentum;

    public SgdOptimizer(torch.Tensor parameters, torch.Tensor decayed, double weightDecay, double momentum, bool nesterov)
        : base(parameters, decayed, weightDecay, momentCount: 1)
    {
        _nesterov = nesterov;
        _momentum = momentum.ToScalar();
    }

    public override void Dispose()
    {
        _momentum.Dispose();
        base.Dispose();
    }

    protected override void Move(torch.Tensor parameters, torch.Tensor gradients, double learningRate)
    {
        AddDecay(parameters, gradients);
        torch.Tensor velocity = Moments[0];
        velocity.mul_(_momentum).PlusInPlace(gradients);
        using Scalar rate = (-learningRate).ToScalar();
        parameters.add_(_nesterov ? gradients.add_(velocity, _momentum) : velocity, rate);
    }
}
