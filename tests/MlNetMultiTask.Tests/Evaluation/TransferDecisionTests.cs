using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Verdicts on differences.</summary>
public sealed class TransferDecisionTests
{
    private static readonly double[] _noise = [0.01, -0.01, 0.02, -0.02, 0.005, -0.005, 0.015, -0.015, 0, 0];

    [Fact]
    public void Sure_differences_are_gain_or_negative_transfer() =>
        Assert.Equal([TransferVerdict.Gain, TransferVerdict.NegativeTransfer], Decide(0.01, Task("A", 0.3), Task("B", -0.3)));

    [Fact]
    public void Where_less_is_better_less_is_a_gain() =>
        Assert.Equal([TransferVerdict.Gain, TransferVerdict.NegativeTransfer], Decide(0.01, Task("A", -0.3, "LogLoss"), Task("B", 0.3, "LogLoss")));

    [Fact]
    public void Doubt_is_undecided_and_a_margin_that_holds_it_is_no_difference()
    {
        Assert.Equal([TransferVerdict.Undecided], Decide(0.001, Task("A", 0)));
        Assert.Equal([TransferVerdict.NoDifference], Decide(0.1, Task("A", 0)));
    }

    [Fact]
    public void A_sure_difference_within_the_margin_is_no_difference() => Assert.Equal([TransferVerdict.NoDifference], Decide(0.5, Task("A", 0.3)));

    [Fact]
    public void Without_a_margin_nothing_is_no_difference() => Assert.Equal([TransferVerdict.Undecided], Decide(0, Task("A", 0)));

    [Fact]
    public void More_tasks_ask_for_more_certainty()
    {
        ComparedTask alone = Task("A", 0.018);
        Assert.Equal([TransferVerdict.Gain], Decide(0, alone));
        ComparedTask among = Task("A", 0.018);
        TransferVerdict[] verdicts = Decide(0, [among, .. Enumerable.Range(0, 9).Select(i => Task(FormattableString.Invariant($"B{i}"), 0))]);

        Assert.All(verdicts, verdict => Assert.Equal(TransferVerdict.Undecided, verdict));
        Assert.Equal(Math.Min(1, 10 * among.Main.PValue), among.Main.AdjustedPValue, 1e-12);
    }

    [Fact]
    public void Tasks_whose_figures_prove_nothing_are_among_the_number_all_the_same()
    {
        ComparedTask clear = Task("A", 0.018);
        ComparedTask coarse = Create("B", new PairedComparison("Accuracy", [0.5, 0.5], [0.5, 0.5], 0.25, 0.95));
        Decide(0.01, clear, coarse);

        Assert.Equal(2 * clear.Main.PValue, clear.Main.AdjustedPValue, 1e-12);
        Assert.True(double.IsNaN(coarse.Main.AdjustedPValue));
    }

    [Fact]
    public void Too_few_pairs_are_undecided() =>
        Assert.Equal([TransferVerdict.Undecided], Decide(0.1, Create("A", new PairedComparison("Accuracy", [0.5, double.NaN], [0.1, 0.2], 0.25, 0.95))));

    /// <summary>
    /// Three tasks without a difference, over folds whose differences are correlated as those of overlapping training rows are taken to be. Without the correction, far more verdicts would be wrong.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Without_a_difference_few_verdicts_of_200_are_wrong(int repeats)
    {
        const int Folds = 5;
        var random = new CounterRandom(11, stream: 0, (uint)repeats);
        double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] Draw()
        {
            double common = NextNormal();
            return [.. Enumerable.Range(0, Folds * repeats).Select(_ => 0.02 * ((Math.Sqrt(1.0 / Folds) * common) + (Math.Sqrt(1 - (1.0 / Folds)) * NextNormal())))];
        }

        double[][][] runs = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 3).Select(_ => Draw()).ToArray())];
        int CountWrong(double testRatio) => runs.Count(run => Decide(0, [.. run.Index().Select(task => Create(
            FormattableString.Invariant($"T{task.Index}"), new PairedComparison("Accuracy", [.. task.Item.Select(difference => 0.5 + difference)], [.. task.Item.Select(_ => 0.5)], testRatio, 0.95)))])
            .Any(verdict => verdict is TransferVerdict.Gain or TransferVerdict.NegativeTransfer));

        Assert.InRange(CountWrong(1.0 / (Folds - 1)), 0, 16);
        Assert.InRange(CountWrong(0), 20, 200);
    }

    private static TransferVerdict[] Decide(double margin, params ComparedTask[] tasks)
    {
        ComparedTask[] all = [.. tasks.Select(task => new ComparedTask(task.TaskName, task.Kind, margin, task.Metrics, []) { RowCount = 10, UnseenLabelCount = 0 })];
        TransferDecision.Decide(all, 0.05);
        for (int i = 0; i < tasks.Length; i++)
        {
            Assert.Same(tasks[i].Main, all[i].Main);
        }

        return [.. all.Select(task => task.Verdict)];
    }

    private static ComparedTask Task(string name, double difference, string metric = "Accuracy") =>
        Create(name, new PairedComparison(metric, [.. _noise.Select(noise => 0.5 + difference + noise)], [.. _noise.Select(_ => 0.5)], 0.25, 0.95));

    private static ComparedTask Create(string name, PairedComparison comparison) => new(name, "BinaryClassification", 0, [comparison], []) { RowCount = 10, UnseenLabelCount = 0 };
}
