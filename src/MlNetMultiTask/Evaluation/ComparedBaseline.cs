namespace MlNetMultiTask;

/// <summary>A multi-task model against an ordinary estimator of ML.NET, for one task.</summary>
public sealed class ComparedBaseline
{
    internal ComparedBaseline(string name, IReadOnlyList<PairedComparison> metrics)
    {
        Name = name;
        Metrics = metrics;
    }

    /// <summary>The baseline's name.</summary>
    public string Name { get; }

    /// <summary>The metrics that are compared, the main one first.</summary>
    public IReadOnlyList<PairedComparison> Metrics { get; }
}
