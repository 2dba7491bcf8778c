using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Rows with what some teacher says of them beside the labels.</summary>
internal sealed class TeacherRow
{
    [VectorType(2)]
    public float[] Features { get; set; } = new float[2];

    /// <summary>One of three classes; "" is missing.</summary>
    public string Color { get; set; } = "";

    /// <summary>1, 0, or NaN.</summary>
    public float Yes { get; set; }

    public float Number { get; set; }

    /// <summary>What the teacher says of the color.</summary>
    public float[] ColorScores { get; set; } = [];

    public float YesScore { get; set; }

    public float NumberScore { get; set; }

    public float Weight { get; set; } = 1;

    public float NumberWeight { get; set; } = 1;

    public static TeacherRow[] Draw(int count)
    {
        var random = new Random(3);
        float Next() => (2 * random.NextSingle()) - 1;

        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float[] x = [Next(), Next()];
            double[] weights = [Math.Exp(2 * x[0]), Math.Exp(2 * x[1]), Math.Exp(-x[0])];
            double sum = weights.Sum();
            return new TeacherRow
            {
                Features = x,
                Color = x[0] > 0.3f ? "red" : x[1] > 0 ? "green" : "blue",
                Yes = x[0] + x[1] > 0 ? 1 : 0,
                Number = 100 + (20 * x[0]),
                ColorScores = [.. weights.Select(weight => (float)(weight / sum))],
                YesScore = (3 * x[0]) + x[1],
                NumberScore = 98 + (20 * x[0]) + (3 * x[1]),
            };
        })];
    }
}
