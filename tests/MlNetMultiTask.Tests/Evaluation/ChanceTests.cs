using CsCheck;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What is more than chance: the random tables, the p-values, and how often something is found that is not there.</summary>
public sealed class ChanceTests
{
    private static readonly CountLogarithms _logarithms = new(5000);

    [Fact]
    public void Probabilities_of_drawing_sum_to_1() =>
        Gen.Int[1, 60].SelectMany(total => Gen.Select(Gen.Const(total), Gen.Int[0, total], Gen.Int[0, total])).Sample((total, marked, drawn) =>
        {
            int low = Math.Max(0, drawn - (total - marked));
            double sum = Enumerable.Range(low, Math.Min(drawn, marked) - low + 1).Sum(number => Math.Exp(Hypergeometric.GetLogProbability(number, total, marked, drawn, _logarithms.Factorials)));

            Assert.Equal(1, sum, 1e-9);
        });

    [Theory]
    [InlineData(20, 7, 9)]
    [InlineData(50, 48, 10)]
    [InlineData(900, 450, 30)]
    [InlineData(4000, 1000, 1500)] // large enough to be tried, not stepped to: of the fewer and of the more
    [InlineData(4000, 3000, 1500)]
    [InlineData(4000, 1000, 2500)]
    [InlineData(4000, 3000, 2500)]
    public void Numbers_are_drawn_as_often_as_they_are_probable(int total, int marked, int drawn)
    {
        const int Draws = 20_000;
        var random = new CounterRandom(seed: 1, stream: 1);
        int[] counts = new int[drawn + 1];
        for (int i = 0; i < Draws; i++)
        {
            counts[Hypergeometric.Draw(total, marked, drawn, _logarithms.Factorials, random)]++;
        }

        for (int number = Math.Max(0, drawn - (total - marked)); number <= Math.Min(drawn, marked); number++)
        {
            double p = Math.Exp(Hypergeometric.GetLogProbability(number, total, marked, drawn, _logarithms.Factorials));
            Assert.True(Math.Abs(counts[number] - (Draws * p)) <= 4.5 * Math.Sqrt(Draws * p * (1 - p)) + 1, $"{number}: {counts[number]} of {Draws} with probability {p}");
        }
    }

    [Fact]
    public void Tables_drawn_cell_by_cell_are_spread_like_those_of_shuffled_labels()
    {
        const int Draws = 4000;
        ContingencyTable table = ContingencyTable.Count([.. Enumerable.Range(0, 200).Select(i => i * i % 7)], 7, [.. Enumerable.Range(0, 200).Select(i => i % 10 < 6 ? 0 : i % 5)], 5);
        (double Mean, double Deviation) Measure(bool shuffles)
        {
            var tables = new RandomTable(table, _logarithms, new CounterRandom(seed: 1, stream: 1), shuffles);
            double[] sums = [.. Enumerable.Range(0, Draws).Select(_ => tables.Next())];
            double mean = sums.Average();
            return (mean, Math.Sqrt(sums.Sum(sum => (sum - mean) * (sum - mean)) / Draws));
        }

        (double drawnMean, double drawnDeviation) = Measure(false);
        (double shuffledMean, double shuffledDeviation) = Measure(true);

        Assert.Equal(shuffledMean, drawnMean, 4.5 * shuffledDeviation * Math.Sqrt(2.0 / Draws));
        Assert.InRange(drawnDeviation / shuffledDeviation, 0.93, 1.07);
    }

    /// <summary>Two of the 252 tables are as uneven; the estimate from twenty of them is within 22%.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_p_value_is_that_of_counting_all_permutations(bool drawn)
    {
        int[] labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
        ContingencyTable table = ContingencyTable.Count(labels, 2, labels, 2);

        ChanceTest test = ChanceTest.Run(table, 50_000, _logarithms, new CounterRandom(seed: drawn ? 1u : 2u, stream: 1), CancellationToken.None);

        Assert.InRange(test.PValue, 0.4 * 2 / 252, 1.9 * 2 / 252);
    }

    [Fact]
    public void Adjusted_p_values_are_those_of_Holm()
    {
        Assert.Equal([0.03, 0.06, 0.06, double.NaN, 1], [.. HolmAdjustment.Adjust([0.01, 0.03, 0.04, double.NaN]).Select(p => Math.Round(p, 12)), 1]);
        Assert.Equal([1, 1, 0.004], HolmAdjustment.Adjust([0.6, 0.6, 0.004 / 3]).Select(p => Math.Round(p, 12)));
        Assert.Empty(HolmAdjustment.Adjust([]));
    }

    [Fact]
    public void On_random_labels_nothing_is_found_in_at_least_95_of_100_runs()
    {
        const int Runs = 200;
        int strict = 0;
        int loose = 0;
        for (int run = 0; run < Runs; run++)
        {
            TaskAnalysis analysis = LabelledRow.Analyze(DrawUnrelated(new Random(run), 150), new TaskAnalysisOptions { Seed = run }, "A", "B", "X", "Yes");
            strict += analysis.Relations.Any(relation => relation.IsFound) ? 1 : 0;
            loose += analysis.Relations.Any(relation => relation.AdjustedPValue <= 0.05) ? 1 : 0;
            Assert.Empty(analysis.Warnings);
        }

        // At 1% and 5%, 2 and 10 are to be expected.
        Assert.True(strict <= 0.05 * Runs, $"{strict} of {Runs} runs");
        Assert.True(loose <= 0.08 * Runs, $"{loose} of {Runs} runs at 5%");
        Assert.True(loose >= 1, "at 5%, chance must be seen now and then");
    }

    [Fact]
    public void P_values_of_unrelated_labels_are_spread_evenly()
    {
        const int Runs = 600;
        double[] values =
        [
            .. Enumerable.Range(0, Runs).Select(run =>
            {
                var random = new Random(run);
                return LabelledRow.AnalyzeClasses(Enumerable.Range(0, 80).Select(_ => (random.Next(4), random.Next(3))), new TaskAnalysisOptions { Seed = run })["A", "B"].PValue;
            }),
        ];

        Assert.All([0.05, 0.2, 0.5, 0.8], level => Assert.InRange(values.Count(value => value <= level) / (double)Runs, level - (4 * Math.Sqrt(level * (1 - level) / Runs)), level + (4 * Math.Sqrt(level * (1 - level) / Runs))));
    }

    [Fact]
    public void Labels_that_agree_in_every_third_row_are_found()
    {
        int found = Enumerable.Range(0, 40).Count(run =>
        {
            var random = new Random(run);
            return LabelledRow.AnalyzeClasses(
                Enumerable.Range(0, 200).Select(_ => random.Next(5)).Select(a => (a, random.Next(3) == 0 ? a : random.Next(5))).ToArray(),
                new TaskAnalysisOptions { Seed = run })["A", "B"].IsFound;
        });

        Assert.True(found >= 38, $"{found} of 40 runs");
    }

    private static LabelledRow[] DrawUnrelated(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new LabelledRow
        {
            A = random.Next(10) == 0 ? uint.MaxValue : (uint)random.Next(10),
            B = (uint)random.Next(3),
            X = random.NextSingle(),
            Yes = random.Next(4) == 0 ? 1 : 0,
        }),
    ];
}
