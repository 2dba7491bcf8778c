namespace MlNetMultiTask.Training;

/// <summary>An optimizer at work on flat buffers: parameters, gradients, and running means of the same length.</summary>
internal abstract class FlatOptimizer
{
    private readonly float[] _decayed;
    private readonly double _weightDecay;
    private readonly float[][] _moments;

    /// <param name="decayed">1 where weight decay acts, else 0 [P].</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="momentCount">How many running means there are.</param>
    protected FlatOptimizer(float[] decayed, double weightDecay, int momentCount)
    {
        _decayed = decayed;
        _weightDecay = weightDecay;
        _moments = [.. Enumerable.Range(0, momentCount).Select(_ => new float[decayed.Length])];
    }

    /// <summary>The number of updates so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The state beside the number of updates: running means of the size of the parameters.</summary>
    public IReadOnlyList<float[]> Moments => _moments;

    /// <summary>Moves the parameters one step, in place; may change the gradients.</summary>
    public void Step(Span<float> parameters, Span<float> gradients, double learningRate)
    {
        StepCount++;
        Move(parameters, gradients, learningRate);
    }

    /// <summary>A copy of the moments.</summary>
    public float[][] ExportMoments() => [.. _moments.Select(moment => (float[])[.. moment])];

    /// <summary>Restores a state of the same optimizer.</summary>
    public void Import(long stepCount, IReadOnlyList<float[]> moments)
    {
        StepCount = stepCount;
        for (int i = 0; i < _moments.Length; i++)
        {
            moments[i].CopyTo(_moments[i], 0);
        }
    }

    protected abstract void Move(Span<float> parameters, Span<float> gradients, double learningRate);

    /// <summary>Adds λ θ to the gradients.</summary>
    protected void AddDecay(ReadOnlySpan<float> parameters, Span<float> gradients)
    {
        if (_weightDecay != 0)
        {
            float decay = (float)_weightDecay;
            for (int i = 0; i < gradients.Length; i++)
            {
                gradients[i] += decay * _decayed[i] * parameters[i];
            }
        }
    }

    /// <summary>Shrinks the parameters by rate × λ.</summary>
    protected void Shrink(Span<float> parameters, double learningRate)
    {
        if (_weightDecay != 0)
        {
            float share = (float)(learningRate * _weightDecay);
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i] -= share * _decayed[i] * parameters[i];
            }
        }
    }
}
