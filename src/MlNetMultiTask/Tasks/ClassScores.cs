using System.Numerics.Tensors;

namespace MlNetMultiTask.Tasks;

/// <summary>Scores of classes: their probabilities, or what a softmax takes.</summary>
internal sealed class ClassScores(PredictionTask task, LabelInfo info) : ForeignScores(task, info)
{
    /// <summary>The logit of a class that the other model does not know: of no weight at any temperature, and finite in 16 bits too.</summary>
    public const float UnknownLogit = -10_000f;

    private const float Tolerance = 1e-3f;

    /// <summary>Below this a Single is rounded to 0: no probability is told from another.</summary>
    private const float LeastProbability = 1e-38f;

    public override ScoreMap Map(ScoreColumn given)
    {
        int width = RequireVector(given);
        LabelNames? names = LabelNames.Read(given.Column, OutputAnnotations.TrainingLabelValues) ?? LabelNames.Read(given.Column, OutputAnnotations.SlotNames);
        return Match(given, width, names, given.Scores == TeacherScores.Automatic && given.IsOurs ? TeacherScores.Probabilities : given.Scores);
    }

    public override bool AreProbabilities(ReadOnlySpan<float> scores) =>
        HasProbabilities(scores) && Math.Abs(TensorPrimitives.Sum(scores) - 1) <= Tolerance;

    public override string? FindProblem(ReadOnlySpan<float> scores) =>
        base.FindProblem(scores) ?? (TensorPrimitives.Sum(scores) > 0 ? null : "has 0 for every class");

    public override void ToLogits(Span<float> scores, TeacherScores kind)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = float.IsNaN(scores[i]) ? UnknownLogit
                : kind == TeacherScores.Probabilities ? MathF.Log(Math.Max(scores[i], LeastProbability))
                : scores[i];
        }
    }

    public override AgreementMetric CreateAgreement() => new DecisionAgreement(choosesOne: true);

    public override FidelityCounter CreateCounter() => new DecisionFidelity(Task, choosesOne: true);
}
