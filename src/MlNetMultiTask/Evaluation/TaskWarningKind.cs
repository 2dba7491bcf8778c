namespace MlNetMultiTask;

/// <summary>What a warning about the labels of tasks is about.</summary>
public enum TaskWarningKind
{
    /// <summary>One label determines another, which is coarser: a task that is redundant, or a leak where one becomes a feature.</summary>
    Determines,

    /// <summary>Two labels say the same: each determines the other, or two numbers rise and fall together.</summary>
    Redundant,

    /// <summary>No row has labels for both tasks.</summary>
    NoOverlap,

    /// <summary>So few rows have a label, or both labels of a pair, that figures say little.</summary>
    TooFewRows,

    /// <summary>A label is the same in all rows.</summary>
    Constant,

    /// <summary>A label has more slots than are compared.</summary>
    SlotsLeftOut,

    /// <summary>There are too few permutations for so many pairs: no relation could be found to be more than chance.</summary>
    TooFewPermutations,
}
