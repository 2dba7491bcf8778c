using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

#pragma warning disable CA1720 // named after their types

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>A row with a column of every type that ML.NET has for values, beside the features.</summary>
public class Everything
{
    [VectorType(TestData.FeatureCount)]
    public float[] Features { get; set; } = new float[TestData.FeatureCount];

    public bool Flag { get; set; }

    public sbyte Int8 { get; set; }

    public byte UInt8 { get; set; }

    public short Int16 { get; set; }

    public ushort UInt16 { get; set; }

    public int Int32 { get; set; }

    public uint UInt32 { get; set; }

    public long Int64 { get; set; }

    public ulong UInt64 { get; set; }

    public float Single { get; set; }

    public double Double { get; set; }

    public string Text { get; set; } = "";

    public DateTime Time { get; set; }

    public DateTimeOffset Offset { get; set; }

    public TimeSpan Span { get; set; }

    [KeyType(1000)]
    public uint Key { get; set; }

    public int[] Numbers { get; set; } = [];

    public string[] Texts { get; set; } = [];

    [VectorType(2)]
    public double[] Pair { get; set; } = [];

    [VectorType(3)]
    public bool[] Flags { get; set; } = [];

    public static Everything Create(int i) => new()
    {
        Features = [i % 7 * 0.1f, i % 5 * -0.1f, i % 3 * 0.2f, i * 0.001f],
        Flag = i % 2 == 0,
        Int8 = (sbyte)(i % 100),
        UInt8 = (byte)(i % 200),
        Int16 = (short)-i,
        UInt16 = (ushort)i,
        Int32 = -i * 1000,
        UInt32 = (uint)i,
        Int64 = (long)i << 33,
        UInt64 = (ulong)i << 40,
        Single = i / 3f,
        Double = i / 7.0,
        Text = "text " + i,
        Time = new DateTime(2026, 1, 1).AddMinutes(i),
        Offset = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)).AddMinutes(i),
        Span = TimeSpan.FromSeconds(i),
        Key = (uint)(i % 1000),
        Numbers = [.. Enumerable.Range(0, i % 4)],
        Texts = [.. Enumerable.Range(0, i % 3).Select(j => $"{i}/{j}")],
        Pair = [i, -i],
        Flags = [i % 2 == 0, i % 3 == 0, i % 5 == 0],
    };
}
