using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Data;

/// <summary>Some rows on which a network is trained or measured. Its tensors live in the dispose scope of the step that reads it.</summary>
internal sealed class Batch
{
    /// <summary>The number of rows, B.</summary>
    public required int RowCount { get; init; }

    /// <summary>The rows' positions in the source, [B] as 64-bit integers; target sources look up by them.</summary>
    public required torch.Tensor Rows { get; init; }

    /// <summary>The same positions, for sources that look up in managed memory.</summary>
    public required ReadOnlyMemory<long> RowNumbers { get; init; }

    /// <summary>Features [B, F].</summary>
    public required torch.Tensor Features { get; init; }

    /// <summary>Row weights [B]; null where all weigh 1.</summary>
    public torch.Tensor? RowWeights { get; set; }

    /// <summary>Per task its targets, filled by the target sources.</summary>
    public required TaskTargets[] Targets { get; init; }

    /// <summary>Targets of hidden layers (hints), [B, H] each; null where nobody gives any.</summary>
    public IReadOnlyList<torch.Tensor>? HiddenTargets { get; set; }
}
