using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Collaboration;

/// <summary>Reads a teacher's scores of one task, finds out what they mean, and turns them to logits of the student's outputs.</summary>
/// <param name="task">The task.</param>
/// <param name="scores">How scores become outputs of the task.</param>
/// <param name="map">Which scores are which outputs.</param>
/// <param name="outputCount">The outputs of the task, K.</param>
/// <param name="capacity">The rows that are held at a time.</param>
internal sealed class TeacherColumn(PredictionTask task, ForeignScores scores, ScoreMap map, int outputCount, int capacity)
{
    private readonly float[] _row = new float[map.SourceWidth];
    private TeacherScores _kind = map.Scores;
    private bool _allProbabilities = true;
    private bool _allWithinBounds = true;
    private Action? _read;

    /// <summary>The column that must be active in the cursor.</summary>
    public DataViewSchema.Column Source => map.Source;

    /// <summary>The rows collected [capacity x K].</summary>
    public float[] Values { get; } = new float[checked(capacity * outputCount)];

    /// <summary>Takes the getter of a cursor.</summary>
    public void Open(DataViewRow cursor)
    {
        if (map.Source.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> getVector = cursor.GetGetter<VBuffer<float>>(map.Source);
            VBuffer<float> buffer = default;
            _read = () =>
            {
                getVector(ref buffer);
                if (buffer.Length != _row.Length)
                {
                    throw new InvalidOperationException($"A row of the teacher's column '{map.Source.Name}' has {buffer.Length} slots, and the column's type says {_row.Length}.");
                }

                buffer.CopyTo(_row);
            };
            return;
        }

        ValueGetter<float> getNumber = cursor.GetGetter<float>(map.Source);
        _read = () => getNumber(ref _row[0]);
    }

    /// <summary>Reads the cursor's row into the given place.</summary>
    /// <param name="index">The place.</param>
    /// <param name="row">The row's number, for messages.</param>
    public void Collect(int index, long row)
    {
        _read!();
        foreach (float value in _row)
        {
            if (!float.IsFinite(value))
            {
                throw Invalid(row, FormattableString.Invariant($"has {value}, and a student can learn from finite numbers only"));
            }
        }

        if (_kind == TeacherScores.Automatic)
        {
            _allProbabilities &= scores.AreProbabilities(_row);
            _allWithinBounds &= ForeignScores.HasProbabilities(_row);
        }
        else if (_kind == TeacherScores.Probabilities)
        {
            RequireProbabilities(row);
        }

        map.Pick(_row, Values.AsSpan(index * outputCount, outputCount));
    }

    /// <summary>Turns the rows collected into logits.</summary>
    public void Finish(int count)
    {
        if (_kind == TeacherScores.Automatic)
        {
            _kind = _allProbabilities ? TeacherScores.Probabilities
                : !_allWithinBounds ? TeacherScores.LogOdds
                : throw new ArgumentException(
                    $"The teacher's column '{map.Source.Name}' for task '{task.Name}' has numbers from 0 to 1 which do not sum to 1 in each row, so that they may be probabilities or log-odds. Say which: teacher.WithScores(\"{task.Name}\", TeacherScores.Probabilities).");
        }

        Span<float> values = Values.AsSpan(0, count * outputCount);
        scores.ToLogits(values, _kind);
        if (map.IsInverted)
        {
            foreach (ref float value in values)
            {
                value = -value;
            }
        }
    }

    /// <summary>Told to be probabilities, those of classes need not sum to 1; found to be probabilities, they must go on as they began.</summary>
    private void RequireProbabilities(long row)
    {
        if (scores.FindProblem(_row) is { } problem)
        {
            throw Invalid(row, $"{problem}, and is read as probabilities. If they are log-odds, say so: teacher.WithScores(\"{task.Name}\", TeacherScores.LogOdds)");
        }

        if (map.Scores == TeacherScores.Automatic && !scores.AreProbabilities(_row))
        {
            throw Invalid(row, $"does not sum to 1 as the rows before it. Say what the numbers mean: teacher.WithScores(\"{task.Name}\", TeacherScores.Probabilities)");
        }
    }

    private ArgumentException Invalid(long row, string problem) =>
        new(FormattableString.Invariant($"The teacher's column '{map.Source.Name}' for task '{task.Name}', row {row} (counted from 0), {problem}."));
}
