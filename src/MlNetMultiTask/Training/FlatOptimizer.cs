using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>An optimizer at work on flat buffers: one parameter buffer, one gradient buffer, and moments of the same length.</summary>
internal abstract class FlatOptimizer : IDisposable
{
    private readonly torch.Tensor _decayed;
    private readonly torch.Tensor[] _moments;
    private readonly double _weightDecay;
    private readonly Scalar _gradientDecay;

    /// <param name="parameters">The parameters [P].</param>
    /// <param name="decayed">1 where weight decay acts, else 0 [P]; not owned.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="momentCount">How many buffers of state there are.</param>
    protected FlatOptimizer(torch.Tensor parameters, torch.Tensor decayed, double weightDecay, int momentCount)
    {
        _decayed = decayed;
        _weightDecay = weightDecay;
        _gradientDecay = weightDecay.ToScalar();
        _moments = [.. Enumerable.Range(0, momentCount).Select(_ => torch.zeros_like(parameters, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>The number of updates so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The state beside the number of updates: running means of the size of the parameters.</summary>
    public IReadOnlyList<torch.Tensor> Moments => _moments;

    /// <summary>Moves the parameters one step, in place; may change the gradients.</summary>
    public void Step(torch.Tensor parameters, torch.Tensor gradients, double learningRate)
    {
        StepCount++;
        Move(parameters, gradients, learningRate);
    }

    /// <summary>The moments as plain numbers.</summary>
    public float[][] ExportMoments() => [.. _moments.Select(moment => moment.data<float>().ToArray())];

    /// <summary>Restores a state of the same optimizer.</summary>
    public void Import(long stepCount, IReadOnlyList<float[]> moments)
    {
        using IDisposable scope = torch.NewDisposeScope();
        StepCount = stepCount;
        for (int i = 0; i < _moments.Length; i++)
        {
            _moments[i].copy_(torch.tensor(moments[i]));
        }
    }

    public virtual void Dispose()
    {
        Array.ForEach(_moments, moment => moment.Dispose());
        _gradientDecay.Dispose();
    }

    protected abstract void Move(torch.Tensor parameters, torch.Tensor gradients, double learningRate);

    /// <summary>Adds λ θ to the gradients.</summary>
    protected void AddDecay(torch.Tensor parameters, torch.Tensor gradients)
    {
        if (_weightDecay != 0)
        {
            gradients.addcmul_(parameters, _decayed, _gradientDecay);
        }
    }

    /// <summary>Shrinks the parameters by rate × λ.</summary>
    protected void Shrink(torch.Tensor parameters, double learningRate)
    {
        if (_weightDecay != 0)
        {
            using Scalar factor = (-learningRate * _weightDecay).ToScalar();
            parameters.addcmul_(parameters, _decayed, factor);
        }
    }
}
