namespace MlNetMultiTask.Balancing;

/// <summary>A balancing method at work in one training: mathematics on losses and Gramians, which knows no network.</summary>
internal interface ITaskWeighting
{
    /// <summary>Writes the tasks' weights of this step.</summary>
    void GetWeights(BalancingInputs inputs, Span<double> weights);

    /// <summary>Is told the losses after the update, where the method asked for them.</summary>
    void Observe(IReadOnlyList<double> lossesAfterUpdate);

    /// <summary>The state as plain numbers, to be restored later.</summary>
    double[] ExportState();

    /// <summary>Restores a state.</summary>
    /// <exception cref="FormatException">The state is not one of this method with these tasks.</exception>
    void ImportState(double[] state);
}
