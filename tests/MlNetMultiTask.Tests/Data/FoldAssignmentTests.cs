using CsCheck;
using MlNetMultiTask.Data;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Data;

/// <summary>How rows are divided into folds.</summary>
public sealed class FoldAssignmentTests
{
    [Fact]
    public void Folds_are_of_equal_size_and_have_equal_shares_of_each_stratum() =>
        Gen.Select(Gen.Int[2, 10], Gen.Int[0, 5].Array[10, 200], Gen.UInt).Sample((foldCount, strata, seed) =>
        {
            int[] folds = FoldAssignment.Assign(strata.Length, foldCount, null, strata, Permute(seed));

            AssertEven(Count(folds, foldCount));
            foreach (int stratum in strata.Distinct())
            {
                AssertEven(Count([.. folds.Where((_, row) => strata[row] == stratum)], foldCount));
            }
        });

    [Fact]
    public void Rows_of_a_group_stay_together_and_folds_are_about_equal() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[0, 30].Array[60, 200], Gen.UInt).Sample((foldCount, raw, seed) =>
        {
            int[] numbers = [.. raw.Distinct()];
            int[] groups = [.. raw.Select(value => Array.IndexOf(numbers, value))];
            int[] folds = FoldAssignment.Assign(groups.Length, foldCount, groups, null, Permute(seed));

            foreach (int group in groups.Distinct())
            {
                Assert.Single(folds.Where((_, row) => groups[row] == group).Distinct());
            }

            int largest = groups.GroupBy(group => group).Max(group => group.Count());
            int[] sizes = Count(folds, foldCount);
            Assert.True(sizes.Max() - sizes.Min() <= largest, string.Join(" ", sizes));
        });

    [Fact]
    public void Another_seed_gives_other_folds_and_the_same_seed_the_same()
    {
        int[] first = FoldAssignment.Assign(100, 5, null, null, Permute(1));

        Assert.Equal(first, FoldAssignment.Assign(100, 5, null, null, Permute(1)));
        Assert.NotEqual(first, FoldAssignment.Assign(100, 5, null, null, Permute(2)));
    }

    private static Func<int, long[]> Permute(uint seed) => new CounterRandom(seed, (uint)RandomStream.Folds).NextPermutation;

    private static int[] Count(int[] folds, int foldCount) => [.. Enumerable.Range(0, foldCount).Select(fold => folds.Count(own => own == fold))];

    private static void AssertEven(int[] sizes) => Assert.True(sizes.Max() - sizes.Min() <= 1, string.Join(" ", sizes));
}
