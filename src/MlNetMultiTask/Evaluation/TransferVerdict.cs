namespace MlNetMultiTask;

/// <summary>What learning a task together with others does to it.</summary>
public enum TransferVerdict
{
    /// <summary>The data do not tell: neither a difference nor its absence is beyond chance. More repeats or more rows may.</summary>
    Undecided,

    /// <summary>The task is learned better together.</summary>
    Gain,

    /// <summary>Whatever difference there is lies within the margin of equivalence.</summary>
    NoDifference,

    /// <summary>The task is learned better alone.</summary>
    NegativeTransfer,
}
