namespace MlNetMultiTask.Balancing;

/// <summary>
/// IMTL-L: Σ exp(sᵢ) Lᵢ − sᵢ, twice what uncertainty weighing gives with −sᵢ for sᵢ, with sᵢ learned beside the network, so that all scaled losses come to be 1 (Liu et al. 2021, "Towards Impartial Multi-task Learning").
/// </summary>
internal sealed class ImtlLBalancing(double? learningRate) : TaskBalancing
{
    private readonly double? _learningRate = learningRate is { } rate ? Require(rate, rate > 0, nameof(learningRate), "above 0, or null") : null;

    public override string Name => "ImtlL";

    public override BalancingNeeds Needs => BalancingNeeds.Losses;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new LearnedScaleWeighting(tasks.Count, factor: 1, _learningRate);

    public override string ToString() => _learningRate is { } rate ? Describe("learning rate", rate) : Name;
}
