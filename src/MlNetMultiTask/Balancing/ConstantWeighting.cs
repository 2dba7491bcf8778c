namespace MlNetMultiTask.Balancing;

/// <summary>The same weights in every step.</summary>
internal sealed class ConstantWeighting(double[] constants) : ITaskWeighting
{
    public void GetWeights(BalancingInputs inputs, Span<double> weights) => constants.CopyTo(weights);

    public void Observe(IReadOnlyList<double> lossesAfterUpdate)
    {
    }

    public double[] ExportState() => [];

    public void ImportState(double[] state)
    {
        if (state.Length > 0)
        {
            throw new FormatException($"Constant task weights have no state, and {state.Length} numbers were given.");
        }
    }
}
