using CsCheck;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Tests.Tasks;

public sealed class ThresholdSearchTests
{
    [Fact]
    public void The_best_threshold_lies_half_way_between_the_rows_that_it_parts()
    {
        // From .3 on: three of three found, one wrong, F1 = 6/7; from .7 on: two found, none wrong, F1 = 4/5.
        float threshold = ThresholdSearch.Find([0.9f, 0.7f, 0.4f, 0.3f, 0.1f], [1, 1, 0, 1, 0], ThresholdMetric.F1);

        Assert.Equal(0.2f, threshold, 1e-6f);
    }

    [Fact]
    public void Rows_without_a_label_do_not_count() =>
        Assert.Equal(0.2f, ThresholdSearch.Find([0.9f, 0.8f, 0.3f, 0.1f], [1, float.NaN, 1, 0], ThresholdMetric.F1), 1e-6f);

    [Fact]
    public void Where_one_half_is_as_good_as_any_it_stays_one_half() =>
        Assert.Equal(0.5f, ThresholdSearch.Find([0.9f, 0.1f], [1, 0], ThresholdMetric.BalancedAccuracy));

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void Rows_of_one_class_leave_one_half(float label) =>
        Assert.Equal(0.5f, ThresholdSearch.Find([0.9f, 0.2f], [label, label], ThresholdMetric.F1));

    [Fact]
    public void No_other_threshold_is_better()
    {
        Gen.Select(Gen.Float[0, 1], Gen.Int[0, 2]).Array[2, 30].Sample(rows =>
        {
            float[] probabilities = [.. rows.Select(row => MathF.Round(row.Item1, 2))];
            float[] labels = [.. rows.Select(row => row.Item2 == 2 ? float.NaN : row.Item2)];
            if (!labels.Contains(0f) || !labels.Contains(1f))
            {
                return;
            }

            foreach (ThresholdMetric metric in Enum.GetValues<ThresholdMetric>())
            {
                double found = Measure(metric, probabilities, labels, ThresholdSearch.Find(probabilities, labels, metric));
                foreach (float other in probabilities.Append(0f).Append(1f))
                {
                    double value = Measure(metric, probabilities, labels, other);
                    Assert.False(value > found + 1e-12, $"{metric}: {value} at {other} is better than {found}.");
                }
            }
        });
    }

    /// <summary>The metric by its definition.</summary>
    private static double Measure(ThresholdMetric metric, float[] probabilities, float[] labels, float threshold)
    {
        double Count(float label, bool predicted) => labels.Where((value, i) => value == label && probabilities[i] >= threshold == predicted).Count();
        (double tp, double fn, double fp, double tn) = (Count(1, true), Count(1, false), Count(0, true), Count(0, false));
        return metric == ThresholdMetric.F1
            ? 2 * tp / ((2 * tp) + fp + fn)
            : ((tp / (tp + fn)) + (tn / (tn + fp))) / 2;
    }
}
