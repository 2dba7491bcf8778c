using TorchSharp;

namespace MlNetMultiTask.Tasks;

/// <summary>What a teacher predicts for a batch: a second target beside the labels.</summary>
/// <param name="Raw">The teacher's raw outputs [B, K]: logits for classes and labels, standardised values for numbers. No gradient flows into them.</param>
/// <param name="Temperature">What logits are divided by on both sides before they are compared; the term is multiplied by its square (Hinton, Vinyals, Dean 2015).</param>
/// <param name="HardLabelWeight">The share α of the loss against labels; the soft term has 1 − α. A row without a label has the soft term alone.</param>
internal sealed record SoftTargets(torch.Tensor Raw, float Temperature, float HardLabelWeight)
{
    /// <summary>The share of the training rows that have a label: the term against labels is divided by it, so that a tenth of the labels does not weigh a tenth.</summary>
    public double LabelledShare { get; init; } = 1;

    /// <summary>What each row's soft term weighs [B]; null where all weigh 1.</summary>
    public torch.Tensor? RowWeights { get; init; }

    /// <summary>Which outputs the teacher knows [K]; the others have no soft term. Null where it knows all.</summary>
    public torch.Tensor? Known { get; init; }
}
