namespace MlNetMultiTask.Balancing;

/// <summary>A method without state, at work.</summary>
internal sealed class StatelessWeighting(StatelessBalancing method) : TaskWeighting
{
    public override double[] GetWeights(BalancingStep inputs) => method.GetWeights(inputs);
}
