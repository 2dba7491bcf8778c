namespace MlNetMultiTask.Balancing;

/// <summary>The same weights in every step.</summary>
internal sealed class ConstantWeighting(double[] constants) : TaskWeighting
{
    public override double[] GetWeights(BalancingStep inputs) => [.. inputs.Tasks.Select(task => constants[task])];
}
