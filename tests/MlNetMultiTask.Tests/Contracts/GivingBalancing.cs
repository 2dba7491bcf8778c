namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A method of a user's own that gives what it is told to give.</summary>
internal sealed class GivingBalancing(BalancingNeeds needs, Func<BalancingStep, double[]> give) : StatelessBalancing
{
    public override string Name => "Giving";

    public override BalancingNeeds Needs => needs;

    public override double[] GetWeights(BalancingStep inputs) => give(inputs);
}
