namespace MlNetMultiTask.Balancing;

/// <summary>
/// Homoscedastic uncertainty: Σ ½ exp(−sᵢ) Lᵢ + ½ sᵢ, with sᵢ, the logarithm of the task's variance, learned beside the network (Kendall, Gal, Cipolla 2018, "Multi-Task Learning Using Uncertainty to
/// Weigh Losses for Scene Geometry and Semantics"). For a loss that stands still, sᵢ ends at its logarithm.
/// </summary>
internal sealed class UncertaintyBalancing(double? learningRate) : TaskBalancing
{
    private readonly double? _learningRate = learningRate is { } rate ? Require(rate, rate > 0, nameof(learningRate), "above 0, or null") : null;

    public override string Name => "Uncertainty";

    public override BalancingNeeds Needs => BalancingNeeds.Losses;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(tasks.Count, _learningRate);

    public override string ToString() => _learningRate is { } rate ? Describe("learning rate", rate) : Name;

    private sealed class Weighting(int count, double? learningRate) : LearnedWeighting(count, start: 0)
    {
        public override double[] GetWeights(BalancingStep inputs)
        {
            double[] weights = new double[inputs.Tasks.Count];
            for (int i = 0; i < weights.Length; i++)
            {
                int task = inputs.Tasks[i];
                weights[i] = 0.5 * Math.Exp(-Learned.Values[task]);
                Learned.Step(task, 0.5 - (weights[i] * SmallestLoss.Floor(inputs.Losses[i])), learningRate ?? inputs.LearningRate);
            }

            return weights;
        }
    }
}
