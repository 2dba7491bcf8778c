namespace MlNetMultiTask.Balancing;

/// <summary>
/// Unconflicting projection of gradients: each gradient is projected onto the directions that oppose no gradient, and the projections are averaged, so that no loss grows by a small step (Quinton, Rey 2024, "Jacobian
/// Descent for Multi-Objective Optimization").
/// </summary>
internal sealed class UPGradBalancing : StatelessBalancing
{
    public override string Name => "UPGrad";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override double[] GetWeights(BalancingStep inputs)
    {
        var gramian = new ScaledGramian(inputs.Gramian!);
        double[] weights = new double[gramian.Count];
        for (int task = 0; task < weights.Length; task++)
        {
            double[] unit = new double[weights.Length];
            unit[task] = 1;
            double[] projected = DualCone.Project(gramian, unit);
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] += projected[i] / weights.Length;
            }
        }

        return weights;
    }
}
