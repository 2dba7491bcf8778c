using CsCheck;
using MlNetMultiTask.Data;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Data;

/// <summary>Rows for training and rows for validation: whole groups, the share that was asked for, and nothing lost.</summary>
public sealed class TabularSplitTests
{
    [Fact]
    public void Groups_stay_on_one_side_and_the_share_is_reached_with_the_last_group_drawn() =>
        Gen.Select(Gen.Int[0, 9].Array[2, 80], Gen.Double[0.05, 0.9], Gen.UInt).Sample((given, fraction, seed) =>
        {
            int[] groups = Number(given);
            bool[] drawn = TabularSplit.Draw(groups.Length, groups, fraction, new CounterRandom(seed, 1).NextPermutation);

            Assert.All(groups.Zip(drawn).GroupBy(row => row.First), group => Assert.Single(group.Select(row => row.Second).Distinct()));
            int wanted = Math.Max(1, (int)Math.Round(fraction * groups.Length));
            int[] sizes = [.. groups.Zip(drawn).Where(row => row.Second).GroupBy(row => row.First).Select(group => group.Count())];
            Assert.True(sizes.Sum() >= wanted);

            // Without one of the groups that were drawn, there would be too few.
            Assert.Contains(sizes, size => sizes.Sum() - size < wanted);
        });

    [Fact]
    public void Without_groups_just_the_share_is_drawn_in_random_order() =>
        Gen.Select(Gen.Int[2, 100], Gen.Double[0.05, 0.9], Gen.UInt).Sample((count, fraction, seed) =>
        {
            bool[] drawn = TabularSplit.Draw(count, null, fraction, new CounterRandom(seed, 1).NextPermutation);

            Assert.Equal(Math.Max(1, (int)Math.Round(fraction * count)), drawn.Count(row => row));
            Assert.Equal(drawn, TabularSplit.Draw(count, null, fraction, new CounterRandom(seed, 1).NextPermutation));
        });

    [Fact]
    public void Each_row_is_on_one_side_with_all_that_belongs_to_it() =>
        Gen.Bool.Array[2, 40].Where(sides => sides.Contains(true) && sides.Contains(false)).Sample(sides =>
        {
            int count = sides.Length;
            float[] Numbers(int width) => [.. Enumerable.Range(0, count * width).Select(i => (float)(i / width) + (i % width * 0.1f))];
            var rows = new TabularData
            {
                RowCount = count,
                FeatureCount = 3,
                Features = [.. Numbers(3), -1, -1],
                Labels = [Numbers(1), Numbers(2)],
                LabelWidths = [1, 2],
                Weights = [.. Numbers(1).Select(value => value + 1)],
                TaskWeights = [null, Numbers(1)],
            };
            (TabularData training, TabularData validation) = TabularSplit.Apply(rows, sides);

            foreach ((TabularData side, bool isValidation) in new[] { (training, false), (validation, true) })
            {
                int[] expected = [.. Enumerable.Range(0, count).Where(row => sides[row] == isValidation)];
                Assert.Equal(expected.Length, side.RowCount);
                Assert.Equal(expected.SelectMany(row => new[] { row, row + 0.1f, row + 0.2f }), side.Features.Take(side.RowCount * 3).Select(value => MathF.Round(value, 1)));
                Assert.Equal(expected.Select(row => (float)row), side.Labels[0]);
                Assert.Equal(expected.SelectMany(row => new[] { row, row + 0.1f }), side.Labels[1].Select(value => MathF.Round(value, 1)));
                Assert.Equal(expected.Select(row => (float)row), side.TaskWeights![1]);
                Assert.Null(side.TaskWeights[0]);
                Assert.Equal(1, side.Weights!.Average(), 1e-4);
                Assert.Equal((expected[^1] + 1.0) / (expected[0] + 1.0), side.Weights![^1] / side.Weights[0], 1e-4 * (expected[^1] + 1));
            }
        });

    /// <summary>Groups are numbered by first occurrence.</summary>
    private static int[] Number(int[] given)
    {
        var numbers = new Dictionary<int, int>();
        return Array.ConvertAll(given, value =>
        {
            numbers.TryAdd(value, numbers.Count);
            return numbers[value];
        });
    }
}
