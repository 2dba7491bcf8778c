using CsCheck;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Which labels are kept where a share of them is wanted.</summary>
public sealed class LabelSharesTests
{
    [Fact]
    public void Each_class_keeps_its_share_and_one_label_at_least()
    {
        float[] labels = [.. Enumerable.Repeat(0f, 80), .. Enumerable.Repeat(1f, 40), 2f, 2f, float.NaN, float.NaN];
        LabelShares shares = Draw(PredictionTask.MulticlassClassification("Y"), labels);
        int[] Count(double share) => [.. Enumerable.Range(0, 3).Select(own => labels.Index().Count(label => label.Item == own && shares.Keeps(label.Index, share)))];

        Assert.Equal([20, 10, 1], Count(0.25));
        Assert.Equal([4, 2, 1], Count(0.05));
        Assert.Equal([80, 40, 2], Count(1));
        Assert.Equal(122, shares.Count(1));
        Assert.False(shares.Keeps(122, 1));
        Assert.False(shares.Keeps(1000, 1));
    }

    [Fact]
    public void Numbers_keep_a_share_of_each_tenth()
    {
        float[] labels = [.. Enumerable.Range(0, 200).Select(i => (float)i)];
        LabelShares shares = Draw(PredictionTask.Regression("Y"), labels);

        Assert.All(Enumerable.Range(0, 10), tenth => Assert.Equal(5, Enumerable.Range(20 * tenth, 20).Count(row => shares.Keeps(row, 0.25))));
    }

    [Fact]
    public void A_smaller_share_is_part_of_a_larger_one() =>
        Gen.Int[0, 4].Array[1, 60].Select(Gen.Double[0.01, 1], Gen.Double[0.01, 1], Gen.ULong).Sample(item =>
        {
            (int[] classes, double one, double other, ulong seed) = item;
            float[] labels = [.. classes.Select(own => own == 4 ? float.NaN : own)];
            LabelShares shares = Draw(PredictionTask.MulticlassClassification("Y"), labels, seed);
            (double less, double more) = (Math.Min(one, other), Math.Max(one, other));
            return Enumerable.Range(0, labels.Length).All(row => !shares.Keeps(row, less) || shares.Keeps(row, more));
        });

    [Fact]
    public void Vectors_are_drawn_row_by_row()
    {
        float[] labels = [.. Enumerable.Range(0, 40).SelectMany(i => i < 20 ? new[] { 1f, float.NaN } : [float.NaN, float.NaN])];
        var shares = new LabelShares(new LabelColumn(PredictionTask.Regression("Y"), 2, labels, null), new CounterRandom(1, 0));

        Assert.Equal(5, shares.Count(0.25));
        Assert.All(Enumerable.Range(20, 20), row => Assert.False(shares.Keeps(row, 1)));
    }

    private static LabelShares Draw(PredictionTask task, float[] labels, ulong seed = 1) => new(new LabelColumn(task, 1, labels, null), new CounterRandom(seed, 0));
}
