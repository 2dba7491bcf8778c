using Microsoft.ML.Data;

namespace QuickStart;

/// <summary>A row of penguins.csv. What is not known stays empty: a text is "", a number is NaN.</summary>
internal sealed class Penguin
{
    [LoadColumn(0)]
    public string Species { get; init; } = "";

    [LoadColumn(1)]
    public string Island { get; init; } = "";

    [LoadColumn(2)]
    public float BillLength { get; init; } = float.NaN;

    [LoadColumn(3)]
    public float BillDepth { get; init; } = float.NaN;

    [LoadColumn(4)]
    public float FlipperLength { get; init; } = float.NaN;

    [LoadColumn(5)]
    public float BodyMass { get; init; } = float.NaN;

    [LoadColumn(6)]
    public string Sex { get; init; } = "";
}
