namespace MlNetMultiTask.Training;

/// <summary>Stochastic gradient descent with momentum (Polyak 1964; the look-ahead after Sutskever et al. 2013), on flat buffers.</summary>
internal sealed class SgdOptimizer(float[] decayed, double weightDecay, double momentum, bool nesterov)
    : FlatOptimizer(decayed, weightDecay, momentCount: 1)
{
    protected override void Move(Span<float> parameters, Span<float> gradients, double learningRate)
    {
        AddDecay(parameters, gradients);
        float kept = (float)momentum;
        float rate = (float)learningRate;
        Span<float> velocities = Moments[0];
        for (int i = 0; i < parameters.Length; i++)
        {
            float velocity = (kept * velocities[i]) + gradients[i];
            velocities[i] = velocity;
            parameters[i] -= rate * (nesterov ? gradients[i] + (kept * velocity) : velocity);
        }
    }
}
