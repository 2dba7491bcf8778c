namespace MlNetMultiTask.Balancing;

/// <summary>The base of methods whose state is one learned number per task, and perhaps a few constants beside it.</summary>
internal abstract class LearnedWeighting(int count, double start) : TaskWeighting
{
    protected LearnedScalars Learned { get; } = new(count, start);

    /// <summary>What else is to be kept; written to directly when a state is restored.</summary>
    protected virtual double[] Kept => [];

    public override double[] ExportState() => [.. Learned.Export(), .. Kept];

    public override void ImportState(double[] state)
    {
        double[] kept = Kept;
        RequireLength(state, Learned.StateLength + kept.Length);
        Learned.Import(state);
        state.AsSpan(Learned.StateLength).CopyTo(kept);
    }
}
