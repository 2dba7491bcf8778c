namespace MlNetMultiTask.Evaluation;

/// <summary>A figure of pairs of tasks over the epochs in which it was measured [T · T].</summary>
internal sealed class EpochFigure
{
    /// <param name="tasks">The names of the tasks, T of them.</param>
    /// <param name="epochs">The epochs.</param>
    /// <param name="get">The figure of a pair in an epoch; NaN where it was not measured.</param>
    public EpochFigure(IReadOnlyList<string> tasks, IReadOnlyList<TrainingEpoch> epochs, Func<TrainingEpoch, string, string, double> get)
    {
        double[][] values = [.. tasks.SelectMany(from => tasks.Select(to => epochs.Select(epoch => get(epoch, from, to)).Where(double.IsFinite).ToArray()))];
        Counts = [.. values.Select(own => own.Length)];
        Means = [.. values.Select(own => own.DefaultIfEmpty(double.NaN).Average())];
        Deviations = [.. values.Zip(Means, (own, mean) => own.Length > 1 ? Math.Sqrt(own.Sum(value => (value - mean) * (value - mean)) / (own.Length - 1)) : double.NaN)];
    }

    /// <summary>The epochs that count.</summary>
    public int[] Counts { get; }

    /// <summary>The means; NaN where no epoch counts.</summary>
    public double[] Means { get; }

    /// <summary>The deviations of a sample; NaN where fewer than two epochs count.</summary>
    public double[] Deviations { get; }
}
