namespace MlNetMultiTask;

/// <summary>How a gate of a mixture of experts uses them.</summary>
public sealed class ExpertGate
{
    internal ExpertGate()
    {
    }

    /// <summary>The level of the experts, from 1; mixtures of one level have no other.</summary>
    public required int Level { get; init; }

    /// <summary>The task for which the gate mixes; null where it mixes for all.</summary>
    public required string? Task { get; init; }

    /// <summary>Of several networks that were trained as one, which has the gate, from 1; 0 elsewhere.</summary>
    public int Network { get; init; }

    /// <summary>The experts that the gate mixes: <c>shared 1</c> and so on (<c>(shared) 1</c> where a task is called shared), and the task's own, <c>Species 1</c> and so on.</summary>
    public required IReadOnlyList<string> Experts { get; init; }

    /// <summary>Per expert the mean of what it weighs, over the rows: numbers that add up to 1. NaN where no row was counted, since none had a label for the task.</summary>
    public required IReadOnlyList<double> MeanWeights { get; init; }

    /// <summary>Per expert the share of the rows that are given to it at all: 1 where every row is given to all, and less where gates select experts.</summary>
    public required IReadOnlyList<double> SelectedShares { get; init; }
}
