using System.Numerics.Tensors;

namespace MlNetMultiTask.Tasks;

/// <summary>The share of decisions that are the same: of classes, or of yes and no, output by output.</summary>
/// <param name="choosesOne">Whether a row's outputs are classes, of which the highest is chosen; else each output is yes from 0 on, a probability of one half. NaN is no decision.</param>
internal sealed class DecisionAgreement(bool choosesOne) : AgreementMetric
{
    private long _count;
    private long _same;

    public override void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rowCount)
    {
        if (!choosesOne)
        {
            for (int i = 0; i < first.Length; i++)
            {
                if (!float.IsNaN(first[i]) && !float.IsNaN(second[i]))
                {
                    _count++;
                    _same += first[i] >= 0 == second[i] >= 0 ? 1 : 0;
                }
            }

            return;
        }

        int width = first.Length / rowCount;
        for (int row = 0; row < rowCount; row++)
        {
            _same += TensorPrimitives.IndexOfMax(first.Slice(row * width, width)) == TensorPrimitives.IndexOfMax(second.Slice(row * width, width)) ? 1 : 0;
        }

        _count += rowCount;
    }

    public override double Take()
    {
        double share = (double)_same / _count;
        (_count, _same) = (0, 0);
        return share;
    }
}
