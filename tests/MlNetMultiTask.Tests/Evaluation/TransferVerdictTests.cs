using MlNetMultiTask.Benchmarks;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Verdicts on artificial data of known truth; the benchmark program draws 200 of each.</summary>
public sealed class TransferVerdictTests
{
    private static readonly int[] _seeds = [1001, 1002, 1003];

    [Fact]
    public void Tasks_that_compete_for_a_narrow_trunk_are_harmed()
    {
        TransferVerdict[] verdicts = GetVerdicts(TransferFamily.Competing);

        Assert.DoesNotContain(TransferVerdict.Gain, verdicts);
        Assert.True(verdicts.Count(verdict => verdict == TransferVerdict.NegativeTransfer) >= verdicts.Length - 2);
    }

    [Fact]
    public void A_task_with_few_labels_gains_by_related_ones() => Assert.All(GetVerdicts(TransferFamily.Related), verdict => Assert.Equal(TransferVerdict.Gain, verdict));

    [Fact]
    public void Networks_that_share_nothing_are_not_told_apart() =>
        Assert.All(GetVerdicts(TransferFamily.Separate), verdict => Assert.True(verdict is TransferVerdict.Undecided or TransferVerdict.NoDifference));

    private static TransferVerdict[] GetVerdicts(TransferFamily family) =>
        [.. _seeds.SelectMany(seed => family.Compare(seed).Tasks.Take(family.AffectedCount)).Select(task => task.Verdict)];
}
