namespace MlNetMultiTask;

/// <summary>
/// Metrics of a multilabel task, over the labelled slots; ML.NET has none of its own. All but <see cref="SubsetAccuracy"/> are of the
/// labels that the model knows.
/// </summary>
public sealed class MultilabelClassificationMetrics
{
    internal MultilabelClassificationMetrics(double subsetAccuracy, double hammingLoss, IReadOnlyList<double> perLabelF1, double microF1)
    {
        SubsetAccuracy = subsetAccuracy;
        HammingLoss = hammingLoss;
        PerLabelF1 = perLabelF1;
        MicroF1 = microF1;
        MacroF1 = perLabelF1.Where(f1 => !double.IsNaN(f1)).DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>The share of rows with every label predicted right; a row that has a label unknown to the model is not.</summary>
    public double SubsetAccuracy { get; }

    /// <summary>The share of single labels predicted wrong.</summary>
    public double HammingLoss { get; }

    /// <summary>F1 of each label; 0 for a label that is neither present nor predicted in any row, NaN for one of which no row tells whether it holds.</summary>
    public IReadOnlyList<double> PerLabelF1 { get; }

    /// <summary>The unweighted mean of <see cref="PerLabelF1"/>, without those that are NaN.</summary>
    public double MacroF1 { get; }

    /// <summary>F1 of all labels counted together.</summary>
    public double MicroF1 { get; }
}
