namespace MlNetMultiTask.Balancing;

/// <summary>Σ factor · (exp(−sᵢ) Lᵢ + sᵢ), with sᵢ learned beside the network: for a loss that stands still, sᵢ ends at its logarithm.</summary>
/// <param name="count">The number of tasks.</param>
/// <param name="factor">The factor.</param>
/// <param name="learningRate">The learning rate of the sᵢ; null for the network's.</param>
internal sealed class LearnedScaleWeighting(int count, double factor, double? learningRate) : LearnedWeighting(count, start: 0)
{
    public override double[] GetWeights(BalancingStep inputs)
    {
        double[] weights = new double[inputs.Tasks.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            int task = inputs.Tasks[i];
            weights[i] = factor * Math.Exp(-Learned.Values[task]);
            Learned.Step(task, factor - (weights[i] * SmallestLoss.Floor(inputs.Losses[i])), learningRate ?? inputs.LearningRate);
        }

        return weights;
    }
}
