using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>The output columns of the four tasks of <see cref="TestData.Tasks"/>.</summary>
public sealed class Prediction
{
    [ColumnName("Color.Score")]
    public float[] ColorScore { get; set; } = [];

    [ColumnName("Color.PredictedLabel")]
    public uint Color { get; set; }

    [ColumnName("Big.Score")]
    public float BigScore { get; set; }

    [ColumnName("Big.Probability")]
    public float BigProbability { get; set; }

    [ColumnName("Big.PredictedLabel")]
    public bool Big { get; set; }

    [ColumnName("Size.Score")]
    public float SizeScore { get; set; }

    [ColumnName("Tags.Score")]
    public float[] TagsScore { get; set; } = [];

    [ColumnName("Tags.PredictedLabel")]
    public bool[] Tags { get; set; } = [];

    [NoColumn]
    public IEnumerable<float> Numbers => [.. ColorScore, BigScore, BigProbability, SizeScore, .. TagsScore];

    [NoColumn]
    public IEnumerable<object> Decisions => [Color, Big, .. Tags.Cast<object>()];
}
