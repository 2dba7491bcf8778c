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

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new LearnedScaleWeighting(tasks.Count, factor: 0.5, _learningRate);

    public override string ToString() => _learningRate is { } rate ? Describe("learning rate", rate) : Name;
}
