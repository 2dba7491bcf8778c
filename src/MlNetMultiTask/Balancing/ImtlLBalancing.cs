namespace MlNetMultiTask.Balancing;

/// <summary>
/// IMTL-L: Σ exp(sᵢ) Lᵢ − sᵢ, with sᵢ learned beside the network, so that all scaled losses come to be 1 (Liu et al. 2021, "Towards Impartial Multi-task Learning").
/// </summary>
internal sealed class ImtlLBalancing(double? learningRate) : TaskBalancing
{
    private readonly double? _learningRate = learningRate is { } rate ? Require(rate, rate > 0, nameof(learningRate), "above 0, or null") : null;

    public override string Name => "ImtlL";

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
                weights[i] = Math.Exp(Learned.Values[task]);
                Learned.Step(task, (weights[i] * SmallestLoss.Floor(inputs.Losses[i])) - 1, learningRate ?? inputs.LearningRate);
            }

            return weights;
        }
    }
}
