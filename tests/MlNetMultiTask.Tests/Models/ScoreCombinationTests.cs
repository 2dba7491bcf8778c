using CsCheck;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Means, medians and votes, worked out by hand for every kind of task.</summary>
public sealed class ScoreCombinationTests
{
    private static readonly PredictionTask _classes = PredictionTask.MulticlassClassification("c");
    private static readonly PredictionTask _yesNo = PredictionTask.BinaryClassification("b");
    private static readonly PredictionTask _number = PredictionTask.Regression("r");
    private static readonly PredictionTask _set = PredictionTask.MultilabelClassification("s");

    [Fact]
    public void Classes()
    {
        // Two rows of three classes; votes of the first: 0, 1, 1; of the second: 2, 0, 1, where the mean decides for 2.
        float[][] members = [[0.8f, 0.1f, 0.1f, 0.1f, 0.2f, 0.7f], [0.3f, 0.6f, 0.1f, 0.5f, 0.1f, 0.4f], [0.1f, 0.5f, 0.4f, 0.2f, 0.5f, 0.3f]];

        Equal([1.2f / 3, 1.2f / 3, 0.6f / 3, 0.8f / 3, 0.8f / 3, 1.4f / 3], Combine(EnsembleCombiner.Mean, _classes, 3, members));
        Equal([0.3f / 0.9f, 0.5f / 0.9f, 0.1f / 0.9f, 0.2f / 0.8f, 0.2f / 0.8f, 0.4f / 0.8f], Combine(EnsembleCombiner.Median, _classes, 3, members));
        Equal([1.4f / 4, 2.4f / 4, 0.2f / 4, (1 + (0.8f / 3)) / 4, (1 + (0.8f / 3)) / 4, (1 + (1.4f / 3)) / 4], Combine(EnsembleCombiner.Vote, _classes, 3, members));
    }

    [Fact]
    public void Yes_or_no()
    {
        float[][] members = [LogOdds(0.9), LogOdds(0.4), LogOdds(0.2), LogOdds(0.45)];

        // The median of four is the mean of the two in the middle; one vote of four, and a mean of .4875.
        Equal(LogOdds(0.4875), Combine(EnsembleCombiner.Mean, _yesNo, 1, members));
        Equal(LogOdds(0.425), Combine(EnsembleCombiner.Median, _yesNo, 1, members));
        Equal(LogOdds(0.4), Combine(EnsembleCombiner.Median, _yesNo, 1, members[..3]));
        Equal(LogOdds(1.4875 / 5), Combine(EnsembleCombiner.Vote, _yesNo, 1, members));
    }

    [Fact]
    public void Numbers()
    {
        float[][] members = [[1, 10], [2, 20], [9, 0]];

        Equal([4, 10], Combine(EnsembleCombiner.Mean, _number, 2, members));
        Equal([2, 10], Combine(EnsembleCombiner.Median, _number, 2, members));
        Equal([1.5f, 15], Combine(EnsembleCombiner.Median, _number, 2, members[..2]));
        Assert.False(EnsembleCombiner.Vote.Suits(_number));
    }

    [Fact]
    public void Sets()
    {
        float[][] members = [[0.9f, 0.2f], [0.6f, 0.1f], [0.3f, 0.6f]];

        Equal([0.6f, 0.3f], Combine(EnsembleCombiner.Mean, _set, 2, members));
        Equal([0.6f, 0.2f], Combine(EnsembleCombiner.Median, _set, 2, members));
        Equal([2.6f / 4, 1.3f / 4], Combine(EnsembleCombiner.Vote, _set, 2, members));
    }

    [Fact]
    public void Each_member_votes_by_its_own_threshold_and_a_tie_is_decided_by_the_mean_against_the_mean_threshold()
    {
        // By their thresholds the first says yes and the second no; the mean of .35 is above .3 and below .4.
        float[][] members = [[0.3f], [0.4f]];

        Assert.True(Combine(EnsembleCombiner.Vote, _set, 1, members, [[0.15f], [0.45f]])[0] > 0.5f);
        Assert.True(Combine(EnsembleCombiner.Vote, _set, 1, members, [[0.3f], [0.5f]])[0] < 0.5f);
    }

    [Fact]
    public void A_vote_never_goes_against_a_majority() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[2, 5]).SelectMany((members, width) => Gen.Float[0.001f, 1f].Array[width].Array[members]).Sample(raw =>
        {
            float[][] members = [.. raw.Select(row => row.Select(value => value / row.Sum()).ToArray())];
            int[] votes = [.. Enumerable.Range(0, members[0].Length).Select(c => members.Count(row => TaskMath.IndexOfMaximum(row) == c))];
            float[] combined = Combine(EnsembleCombiner.Vote, _classes, votes.Length, members);
            int winner = TaskMath.IndexOfMaximum(combined);

            Assert.Equal(votes.Max(), votes[winner]);
            Assert.Equal(1f, combined.Sum(), 1e-5f);
            double[] means = [.. Enumerable.Range(0, votes.Length).Select(c => members.Average(row => (double)row[c]))];
            Assert.All(Enumerable.Range(0, votes.Length).Where(c => votes[c] == votes.Max()), c => Assert.True(means[c] <= means[winner] + 1e-6));
        });

    [Fact]
    public void A_majority_of_yes_is_a_yes_whatever_the_probabilities() =>
        Gen.Select(Gen.Float[-20f, 20f].Array[1, 9], Gen.Float[0.05f, 0.95f]).Sample((scores, threshold) =>
        {
            int votes = scores.Count(score => ScoreGetters.Sigmoid(score) >= threshold);
            float combined = Combine(EnsembleCombiner.Vote, _yesNo, 1, [.. scores.Select(score => (float[])[score])], [.. scores.Select(_ => (float[])[threshold])])[0];

            Assert.True(2 * votes == scores.Length || 2 * votes > scores.Length == ScoreGetters.Sigmoid(combined) >= 0.5f);
        });

    [Fact]
    public void One_member_is_itself_and_certainty_stays_finite() =>
        Gen.Float[-300f, 300f].Array[1, 5].Sample(scores =>
        {
            Assert.All(scores, score => Assert.Equal(score, Combine(EnsembleCombiner.Mean, _yesNo, 1, [[score]])[0], 1e-4f * Math.Max(1, Math.Abs(score))));
            foreach (EnsembleCombiner combiner in EnsembleCombiner.All)
            {
                Assert.True(float.IsFinite(Combine(combiner, _yesNo, 1, [.. scores.Select(score => (float[])[score])])[0]));
            }
        });

    [Fact]
    public void Medians_that_are_all_0_say_nothing() =>
        Equal([1f / 3, 1f / 3, 1f / 3], Combine(EnsembleCombiner.Median, _classes, 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]));

    private static float[] LogOdds(double probability) => [(float)Math.Log(probability / (1 - probability))];

    private static void Equal(float[] expected, float[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

    private static float[] Combine(EnsembleCombiner combiner, PredictionTask task, int width, float[][] members, float[][]? thresholds = null)
    {
        float[] combined = new float[members[0].Length];
        combiner.Combine(new MemberScores(task, width, members, thresholds ?? [.. members.Select(_ => Enumerable.Repeat(0.5f, width).ToArray())]), combined);
        return combined;
    }
}
