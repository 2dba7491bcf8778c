using MlNetMultiTask.Data;

namespace MlNetMultiTask.Collaboration;

/// <summary>What a teacher says of the rows of a training.</summary>
internal interface IAnswers
{
    /// <summary>What the answers depend on, as a text.</summary>
    string Checksum { get; }

    /// <summary>Writes the answers of some rows: per task logits or numbers in the label's unit [rows x K], NaN where the teacher does not know an output.</summary>
    /// <param name="rows">The rows' data.</param>
    /// <param name="chosen">Which of them.</param>
    /// <param name="features">The chosen rows' features [rows x F].</param>
    /// <param name="values">Per task what receives them; null for those not asked for.</param>
    void Write(TabularData rows, ReadOnlySpan<long> chosen, ReadOnlySpan<float> features, IReadOnlyList<float[]?> values);
}
