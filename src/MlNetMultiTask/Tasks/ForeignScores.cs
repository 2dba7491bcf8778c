using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>How scores of other models become outputs of a task; each kind of task has its own.</summary>
internal abstract class ForeignScores(PredictionTask task, LabelInfo info)
{
    private const double Tolerance = 1e-4;

    protected PredictionTask Task => task;

    protected LabelInfo Info => info;

    /// <summary>Finds what of the other model's column belongs to which output.</summary>
    /// <exception cref="ArgumentException">The column is of another type, or none of its outputs is one of the task's.</exception>
    public abstract ScoreMap Map(ScoreColumn given);

    /// <summary>
    /// Turns scores in the order of the task's outputs [rows x K] in place to logits; numbers stay as they are. NaN, an output that the other model does not know, becomes a logit of no weight
    /// where outputs are classes, and stays NaN elsewhere.
    /// </summary>
    public abstract void ToLogits(Span<float> scores, TeacherScores kind);

    /// <summary>Whether a row of the other model's scores, as they are in its column, is one of probabilities.</summary>
    public virtual bool AreProbabilities(ReadOnlySpan<float> scores) => HasProbabilities(scores);

    /// <summary>Why a row can't be one of probabilities; null where it can.</summary>
    public virtual string? FindProblem(ReadOnlySpan<float> scores) => HasProbabilities(scores) ? null : "has a number below 0 or above 1";

    /// <summary>Begins to count how far two networks agree.</summary>
    public abstract AgreementMetric CreateAgreement();

    /// <summary>Begins to count how far a student agrees with its teacher, and how far their numbers lie apart.</summary>
    public abstract FidelityCounter CreateCounter();

    /// <summary>Whether all numbers are from 0 to 1, but for what calculating in Single leaves.</summary>
    public static bool HasProbabilities(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            if (score is not (>= (float)-Tolerance and <= (float)(1 + Tolerance)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many numbers a row of a vector column has.</summary>
    protected int RequireVector(ScoreColumn given) =>
        given.Column.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single
            ? vector.Size
            : throw WrongType(given, "a known-size vector of Single");

    protected ArgumentException WrongType(ScoreColumn given, string needed) =>
        new($"The teacher's column '{given.Column.Name}' for task '{task.Name}' is {given.Column.Type}; for a {task.Kind} task it must be {needed}. Name the column of scores, as the teacher's Transform gives it.");

    /// <summary>Matches outputs by name, and by place where there are no names.</summary>
    protected ScoreMap Match(ScoreColumn given, int width, LabelNames? theirs, TeacherScores scores)
    {
        if (theirs?.Count != width)
        {
            theirs = null;
        }

        if (theirs is not null && info.Names is { } ours)
        {
            int[] slots = ours.MapTo(theirs);
            return ours.Texts.SequenceEqual(theirs.Texts) ? new ScoreMap(given.Column, width, null, scores)
                : Array.TrueForAll(slots, slot => slot < 0)
                    ? throw new ArgumentException(
                        $"None of the names in the teacher's column '{given.Column.Name}' ({TaskColumns.Describe(theirs.Texts)}) is one of task '{task.Name}', which has {TaskColumns.Describe(ours.Texts)}. Classes are matched by name: let the teacher learn from labels of the same values, or name another column.")
                : new ScoreMap(given.Column, width, slots, scores);
        }

        if (width != info.OutputCount)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The teacher's column '{given.Column.Name}' has {width} scores a row, task '{task.Name}' has {info.OutputCount}, and without names on both sides there is no telling which belong together. Give both labels their names (KeyValues, as MapValueToKey gives them, or SlotNames)."));
        }

        string side = theirs is null ? "the teacher's column" : "the label column";
        return new ScoreMap(given.Column, width, null, scores)
        {
            Warning = theirs is null == info.Names is null ? null : $"The outputs of task '{task.Name}' are matched with the teacher's column '{given.Column.Name}' by their order, since {side} has no names.",
        };
    }
}
