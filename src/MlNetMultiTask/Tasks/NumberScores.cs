using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>Predictions of numbers, in the label's unit.</summary>
internal sealed class NumberScores(PredictionTask task, LabelInfo info) : ForeignScores(task, info)
{
    public override ScoreMap Map(ScoreColumn given) =>
        given.Column.Type == NumberDataViewType.Single
            ? Match(given, 1, null, TeacherScores.LogOdds) with { Warning = null }
            : Match(given, RequireVector(given), LabelNames.Read(given.Column, OutputAnnotations.SlotNames), TeacherScores.LogOdds);

    public override void ToLogits(Span<float> scores, TeacherScores kind)
    {
        // Numbers have no logits; they are brought to the scale of training where it is known.
    }

    public override AgreementMetric CreateAgreement() => new ConcordanceAgreement(Info.OutputCount);

    public override FidelityCounter CreateCounter() => new NumberFidelity(Task, Info.OutputCount);
}
