using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A row of the shared synthetic data: four features, and labels of every kind and type as users have them.</summary>
public sealed class Example
{
    [VectorType(TestData.FeatureCount)]
    public float[] Features { get; set; } = new float[TestData.FeatureCount];

    /// <summary>One of three classes, as text.</summary>
    public string Color { get; set; } = "";

    /// <summary>The same classes as numbers.</summary>
    public int Grade { get; set; }

    /// <summary>The same classes as dates.</summary>
    public DateTime Day { get; set; }

    /// <summary>The same classes as a key without names; in objects, ML.NET counts from 0, and takes more than the last for missing.</summary>
    [KeyType(3)]
    public uint Plain { get; set; }

    public bool Big { get; set; }

    /// <summary>1 or 0 or NaN.</summary>
    public float BigNumber { get; set; }

    /// <summary>female or male.</summary>
    public string Sex { get; set; } = "";

    public float Size { get; set; }

    [VectorType(2)]
    public float[] Sizes { get; set; } = new float[2];

    [VectorType(3)]
    public bool[] Tags { get; set; } = new bool[3];

    [VectorType(3)]
    public float[] TagNumbers { get; set; } = new float[3];

    /// <summary>The names of the tags that hold; as many as there are.</summary>
    public string[] TagNames { get; set; } = [];

    public float Weight { get; set; } = 1;

    public string Note { get; set; } = "";

    /// <summary>Every fourth row.</summary>
    public bool Held { get; set; }

    /// <summary>Five rows have the same.</summary>
    public string Group { get; set; } = "";
}
