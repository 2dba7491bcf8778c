using System.Numerics.Tensors;

namespace MlNetMultiTask.Tasks;

/// <summary>Counts the decisions that are the same: of classes, or of yes and no, output by output.</summary>
/// <param name="task">The task.</param>
/// <param name="choosesOne">Whether a row's outputs are classes, of which the highest is chosen; else each output is yes from a probability of one half on.</param>
internal sealed class DecisionFidelity(PredictionTask task, bool choosesOne) : FidelityCounter
{
    private readonly DecisionAgreement _agreement = new(choosesOne);
    private double[] _probabilities = [];
    private double _differences;
    private long _numbers;
    private long _rows;

    public override void Add(ReadOnlySpan<float> teacher, ReadOnlySpan<float> student)
    {
        _rows++;
        _agreement.Add(teacher, student, 1);
        if (!choosesOne)
        {
            for (int i = 0; i < teacher.Length; i++)
            {
                if (!float.IsNaN(teacher[i]))
                {
                    AddDifference(ToProbability(teacher[i]), ToProbability(student[i]));
                }
            }

            return;
        }

        if (_probabilities.Length == 0)
        {
            _probabilities = new double[2 * teacher.Length];
        }

        Span<double> theirs = _probabilities.AsSpan(0, teacher.Length);
        Span<double> ours = _probabilities.AsSpan(teacher.Length);
        Softmax(teacher, theirs);
        Softmax(student, ours);
        for (int i = 0; i < theirs.Length; i++)
        {
            AddDifference(theirs[i], ours[i]);
        }
    }

    public override TaskFidelity Finish() => new(task, _rows)
    {
        Agreement = _agreement.Take(),
        MeanAbsoluteDifference = _numbers == 0 ? double.NaN : _differences / _numbers,
    };

    private static double ToProbability(float logOdds) => 1 / (1 + Math.Exp(-(double)logOdds));

    private static void Softmax(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        double highest = TensorPrimitives.Max(logits);
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] = Math.Exp(logits[i] - highest);
            sum += probabilities[i];
        }

        foreach (ref double probability in probabilities)
        {
            probability /= sum;
        }
    }

    private void AddDifference(double theirs, double ours)
    {
        _differences += Math.Abs(theirs - ours);
        _numbers++;
    }
}
