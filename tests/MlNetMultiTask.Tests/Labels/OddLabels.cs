using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>A row whose class, one of three or one of two, is written in each type of which keys can be made. Two features decide it.</summary>
internal sealed class OddLabels
{
    private static readonly DateTime _start = new(2026, 3, 29, 1, 30, 0, DateTimeKind.Unspecified);

    [VectorType(2)]
    public float[] Features { get; init; } = [];

    public string Text { get; init; } = "";

    public int Int32 { get; init; }

    public long Int64 { get; init; }

    public double Double { get; init; }

    public DateTime DateTime { get; init; }

    public TimeSpan TimeSpan { get; init; }

    public bool TwoBooleans { get; init; }

    public string TwoTexts { get; init; } = "";

    public int TwoNumbers { get; init; }

    public DateTime TwoDates { get; init; }

    /// <summary>The class, and which of two.</summary>
    [NoColumn]
    public (int OfThree, bool IsPositive) Truth { get; init; }

    public static OddLabels[] Rows(int count = 240, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Create(random.NextSingle(), random.NextSingle()))];
    }

    /// <summary>The trainer, made quick on this data.</summary>
    public static MultiTaskTrainer Trainer(MLContext ml, params PredictionTask[] tasks) => ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = tasks,
        SharedLayers = [16],
        HeadLayers = [],
        BatchSize = 16,
        LearningRate = 0.02,
        MaximumNumberOfEpochs = 25,
    });

    private static OddLabels Create(float x, float y)
    {
        int third = (int)(x * 3);
        bool positive = y > 0.5f;
        return new OddLabels
        {
            Features = [(4 * x) - 2, (4 * y) - 2],
            Truth = (third, positive),
            Text = third switch { 0 => "ı,1", 1 => "1.5", _ => "ünï \"quoted\"" },
            Int32 = third == 0 ? int.MinValue : third * 7,
            Int64 = (1L << 60) + third,
            Double = 0.1 + third,
            DateTime = _start.AddMinutes(third),
            TimeSpan = TimeSpan.FromTicks(third - 1),
            TwoBooleans = positive,
            TwoTexts = positive ? "yes" : "no",
            TwoNumbers = positive ? 10 : 2,
            TwoDates = positive ? _start : _start.AddTicks(1),
        };
    }
}
