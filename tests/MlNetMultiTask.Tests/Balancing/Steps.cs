namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Steps as a training would tell them to a method.</summary>
internal static class Steps
{
    /// <summary>A step in which all tasks take part.</summary>
    public static BalancingStep OfLosses(params double[] losses) => Of([.. Enumerable.Range(0, losses.Length)], losses);

    /// <summary>A step in which these tasks take part.</summary>
    public static BalancingStep Of(int[] tasks, double[] losses, double[]? norms = null, int epoch = 1, double learningRate = 0.1) => new()
    {
        Tasks = tasks,
        Losses = losses,
        Norms = norms,
        Epoch = epoch,
        LearningRate = learningRate,
        NextRandom = () => throw new InvalidOperationException("No random number is needed."),
    };

    /// <summary>A step with these gradients, a row a task.</summary>
    public static BalancingStep OfGradients(double[][] jacobian, Func<double>? nextRandom = null, int[]? tasks = null)
    {
        int count = jacobian.Length;
        double[,] gramian = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                gramian[i, j] = jacobian[i].Zip(jacobian[j], (a, b) => a * b).Sum();
            }
        }

        return OfGramian(gramian, nextRandom, tasks);
    }

    /// <summary>A step with these inner products of gradients.</summary>
    public static BalancingStep OfGramian(double[,] gramian, Func<double>? nextRandom = null, int[]? tasks = null) => new()
    {
        Tasks = tasks ?? [.. Enumerable.Range(0, gramian.GetLength(0))],
        Losses = [.. Enumerable.Repeat(1.0, gramian.GetLength(0))],
        Gramian = gramian,
        Epoch = 1,
        LearningRate = 0.1,
        NextRandom = nextRandom ?? (() => 0.5),
    };
}
