using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>A row of labels of several kinds and without features; each is missing unless given. LoadFromEnumerable adds 1 to keys, and what is beyond the last is missing.</summary>
internal sealed class LabelledRow
{
    public const int ClassCount = 20;

    private const float No = float.NaN;

    [KeyType(ClassCount)]
    public uint A { get; init; } = uint.MaxValue;

    [KeyType(ClassCount)]
    public uint B { get; init; } = uint.MaxValue;

    [KeyType(ClassCount)]
    public uint C { get; init; } = uint.MaxValue;

    public float X { get; init; } = No;

    public float Y { get; init; } = No;

    public float Yes { get; init; } = No;

    [VectorType(3)]
    public float[] Tags { get; init; } = [No, No, No];

    [VectorType(2)]
    public float[] Sizes { get; init; } = [No, No];

    /// <summary>A task on the column of each name.</summary>
    public static PredictionTask[] Tasks(params string[] names) =>
    [
        .. names.Select(name => name switch
        {
            "X" or "Y" or "Sizes" => PredictionTask.Regression(name),
            "Yes" => PredictionTask.BinaryClassification(name),
            "Tags" => PredictionTask.MultilabelClassification(name),
            _ => PredictionTask.MulticlassClassification(name),
        }),
    ];

    public static TaskAnalysis Analyze(IEnumerable<LabelledRow> rows, TaskAnalysisOptions? options, params string[] names)
    {
        var ml = new MLContext(seed: 1);
        return ml.MultiTask.AnalyzeTasks(ml.Data.LoadFromEnumerable(rows.ToArray()), Tasks(names), options);
    }

    /// <summary>Pairs of classes, -1 for missing.</summary>
    public static TaskAnalysis AnalyzeClasses(IEnumerable<(int A, int B)> rows, TaskAnalysisOptions? options = null) =>
        Analyze(rows.Select(row => new LabelledRow { A = ToKey(row.A), B = ToKey(row.B) }), options, "A", "B");

    public static uint ToKey(int value) => value < 0 ? uint.MaxValue : (uint)value;
}
