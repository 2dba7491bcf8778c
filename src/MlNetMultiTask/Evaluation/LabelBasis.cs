namespace MlNetMultiTask;

/// <summary>As what a label is compared with those of other tasks.</summary>
public enum LabelBasis
{
    /// <summary>As a class, or as yes or no.</summary>
    Classes,

    /// <summary>A set of labels as one value.</summary>
    Sets,

    /// <summary>A number as the value that it is: its values repeat.</summary>
    Values,

    /// <summary>A number as the bin in which it lies: its values hardly repeat.</summary>
    Bins,
}
