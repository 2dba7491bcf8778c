using Microsoft.ML.Data;

namespace QuickStart;

/// <summary>What the model says of a penguin. The columns of a task are named after it.</summary>
internal sealed class PenguinPrediction
{
    /// <summary>The predicted species as text; the pipeline makes it of the key in Species.PredictedLabel.</summary>
    public string PredictedSpecies { get; set; } = "";

    /// <summary>The probability of each species.</summary>
    [ColumnName("Species.Score")]
    public float[] SpeciesProbabilities { get; set; } = [];

    [ColumnName("Sex.PredictedLabel")]
    public bool IsFemale { get; set; }

    [ColumnName("Sex.Probability")]
    public float FemaleProbability { get; set; }

    /// <summary>In grams, as in the training data.</summary>
    [ColumnName("BodyMass.Score")]
    public float BodyMass { get; set; }
}
