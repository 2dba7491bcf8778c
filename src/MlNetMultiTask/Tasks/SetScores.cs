namespace MlNetMultiTask.Tasks;

/// <summary>Scores of the labels of a set: probabilities, or log-odds.</summary>
internal sealed class SetScores(PredictionTask task, LabelInfo info) : ForeignScores(task, info)
{
    public override ScoreMap Map(ScoreColumn given) =>
        Match(given, RequireVector(given), LabelNames.Read(given.Column, OutputAnnotations.SlotNames), given.Scores == TeacherScores.Automatic && given.IsOurs ? TeacherScores.Probabilities : given.Scores);

    public override void ToLogits(Span<float> scores, TeacherScores kind)
    {
        if (kind == TeacherScores.Probabilities)
        {
            ToLogOdds(scores);
        }
    }

    public override AgreementMetric CreateAgreement() => new DecisionAgreement(choosesOne: false);

    public override FidelityCounter CreateCounter() => new DecisionFidelity(Task, choosesOne: false);

    /// <summary>Turns probabilities to log-odds in place. Certainty has bounds: a Single near 1 can't tell one from another beyond.</summary>
    public static void ToLogOdds(Span<float> scores)
    {
        const double Certain = 1e-7;
        foreach (ref float score in scores)
        {
            double bounded = Math.Clamp((double)score, Certain, 1 - Certain);
            score = (float)Math.Log(bounded / (1 - bounded));
        }
    }
}
