using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>Scores of a yes/no: a probability, or log-odds.</summary>
internal sealed class YesNoScores(BinaryTask task, LabelInfo info) : ForeignScores(task, info)
{
    public override ScoreMap Map(ScoreColumn given)
    {
        if (given.Column.Type != NumberDataViewType.Single)
        {
            throw WrongType(given, "Single");
        }

        (DataViewSchema.Column source, TeacherScores scores) =
            given.Scores != TeacherScores.Automatic ? (given.Column, given.Scores)
            : OutputAnnotations.IsProbability(given.Column) ? (given.Column, TeacherScores.Probabilities)
            : given.IsOurs ? (given.Column, TeacherScores.LogOdds)
            : OutputAnnotations.FindProbability(given.Schema, given.Column) is { } probability ? (probability, TeacherScores.Probabilities)
            : (given.Column, TeacherScores.Automatic);
        return MatchYes(given, new ScoreMap(source, 1, null, scores)
        {
            Warning = scores == TeacherScores.Automatic
                ? $"The teacher's column '{given.Column.Name}' for task '{Task.Name}' does not tell what its numbers are: taken for log-odds unless all of them lie from 0 to 1. The margins of ML.NET's uncalibrated trainers are none; add a calibrator and name its Probability, or tell by Teacher.WithScores(...)."
                : null,
        });
    }

    public override void ToLogits(Span<float> scores, TeacherScores kind)
    {
        if (kind == TeacherScores.Probabilities)
        {
            SetScores.ToLogOdds(scores);
        }
    }

    public override AgreementMetric CreateAgreement() => new DecisionAgreement(choosesOne: false);

    public override FidelityCounter CreateCounter() => new DecisionFidelity(Task, choosesOne: false);

    /// <summary>Which of the two is yes: where both sides have told, by name.</summary>
    private ScoreMap MatchYes(ScoreColumn given, ScoreMap map)
    {
        string? theirs = OutputAnnotations.ReadPositiveLabel(given.Column);
        if (theirs is null && Info.PositiveLabel is null)
        {
            return map;
        }

        if (theirs is null || Info.PositiveLabel is null)
        {
            return map with
            {
                Warning = $"The teacher's yes in column '{given.Column.Name}' ({(theirs is null ? "of which it does not tell the label" : $"'{theirs}'")}) is taken for that of task '{Task.Name}' ({(Info.PositiveLabel is null ? "whose label is no key" : $"'{Info.PositiveLabel}'")}).",
            };
        }

        return theirs == Info.PositiveLabel ? map
            : given.Label is { } label && LabelNames.Read(label, OutputAnnotations.KeyValues) is { } names && names.IndexOf(theirs) < 0
                ? throw new ArgumentException($"The teacher's yes in column '{given.Column.Name}' is '{theirs}', which label column '{label.Name}' of task '{Task.Name}' does not have: its values are {TaskColumns.Describe(names.Texts)}. Let the teacher learn from labels of the same values.")
            : map with { IsInverted = true };
    }
}
