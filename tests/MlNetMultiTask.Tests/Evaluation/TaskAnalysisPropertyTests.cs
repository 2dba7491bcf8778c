using CsCheck;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What holds of the relations of any labels, and the same counted in the plainest way.</summary>
public sealed class TaskAnalysisPropertyTests
{
    private const double Rounding = 1e-9;

    private static readonly TaskAnalysisOptions _quick = new() { NumberOfPermutations = 99, Seed = 1 };

    /// <summary>Rows of two labels, of which some are missing.</summary>
    private static readonly Gen<(int A, int B)[]> _rows = Gen.Select(Gen.Int[-1, 4], Gen.Int[-1, 3]).Array[1, 40];

    [Fact]
    public void Information_is_symmetric_and_entropies_add_up() => _rows.Sample(rows =>
    {
        TaskAnalysis analysis = LabelledRow.AnalyzeClasses(rows, _quick);
        (TaskRelation forth, TaskRelation back) = (analysis["A", "B"], analysis["B", "A"]);
        (int A, int B)[] both = [.. rows.Where(row => row is { A: >= 0, B: >= 0 })];
        Assert.Equal(both.Length, forth.RowCount);
        Assert.Equal((forth.MutualInformation, forth.NormalizedMutualInformation, forth.PValue, forth.ChanceInformation, forth.Overlap), (back.MutualInformation, back.NormalizedMutualInformation, back.PValue, back.ChanceInformation, back.Overlap));
        if (both.Length == 0)
        {
            Assert.Equal(double.NaN, forth.NormalizedMutualInformation);
            return;
        }

        double entropy = Entropy(both.Select(row => row.B));
        Assert.Equal(entropy - forth.ConditionalEntropy, forth.MutualInformation, Rounding);
        Assert.Equal(Entropy(both.Select(row => (row.A * 10) + row.B)) - Entropy(both.Select(row => row.A)), forth.ConditionalEntropy, Rounding);
        Assert.InRange(forth.ConditionalEntropy, 0, entropy + Rounding);
        bool constant = both.All(row => row == both[0]);
        Assert.Equal(constant, double.IsNaN(forth.NormalizedMutualInformation));
        Assert.True(constant || forth.NormalizedMutualInformation is >= 0 and <= 1);
    });

    [Fact]
    public void Nothing_is_left_to_know_exactly_where_there_is_a_function() => _rows.Sample(rows =>
    {
        TaskRelation relation = LabelledRow.AnalyzeClasses(rows, _quick)["A", "B"];
        (int A, int B)[] both = [.. rows.Where(row => row is { A: >= 0, B: >= 0 })];
        if (both.Length == 0)
        {
            Assert.False(relation.IsFunction);
            return;
        }

        bool function = both.GroupBy(row => row.A).All(group => group.DistinctBy(row => row.B).Count() == 1);
        bool injective = function && both.GroupBy(row => row.B).All(group => group.DistinctBy(row => row.A).Count() == 1);
        bool surjective = function && rows.Where(row => row.B >= 0).All(row => both.Any(other => other.B == row.B));
        Assert.Equal((function, injective, surjective, injective && surjective), (relation.IsFunction, relation.IsInjective, relation.IsSurjective, relation.IsBijective));
        Assert.Equal(function, relation.ConditionalEntropy == 0);
        Assert.Equal(function, relation.FunctionExceptions == 0);

        // As many rows must go as are not in their group's largest part.
        int kept = both.GroupBy(row => row.A).Sum(group => group.GroupBy(row => row.B).Max(part => part.Count()));
        Assert.Equal((both.Length - kept) / (double)both.Length, relation.FunctionExceptions, Rounding);
    });

    [Fact]
    public void Functions_compose_and_lose_information() =>
        Gen.Select(Gen.Int[-1, 4].Array[1, 40], Gen.Int[0, 3].Array[5], Gen.Int[0, 2].Array[4]).Sample((labels, f, g) =>
        {
            TaskAnalysis analysis = LabelledRow.Analyze(
                labels.Select(a => a < 0 ? new LabelledRow() : new LabelledRow { A = (uint)a, B = (uint)f[a], C = (uint)g[f[a]] }),
                _quick,
                "A",
                "B",
                "C");
            bool any = labels.Any(label => label >= 0);
            Assert.All([analysis["A", "B"], analysis["B", "C"], analysis["A", "C"]], relation => Assert.Equal(any, relation.IsFunction && relation.IsSurjective));
            Assert.True(!any || analysis["A", "C"].MutualInformation <= Math.Min(analysis["A", "B"].MutualInformation, analysis["B", "C"].MutualInformation) + Rounding);
            Assert.True(!any || analysis["B", "C"].MutualInformation == analysis["A", "C"].MutualInformation || Math.Abs(analysis["B", "C"].MutualInformation - analysis["A", "C"].MutualInformation) < Rounding);
        });

    [Fact]
    public void The_order_of_rows_changes_nothing() =>
        Gen.Select(Gen.Int[-1, 4], Gen.Int[-1, 3], Gen.Int[0, 30], Gen.Int[-1, 7]).Array[1, 60].SelectMany(rows => Gen.Shuffle(rows).Select(shuffled => (rows, shuffled))).Sample((rows, shuffled) =>
        {
            static string Run((int A, int B, int X, int Tags)[] rows) => LabelledRow.Analyze(
                rows.Select(row => new LabelledRow
                {
                    A = LabelledRow.ToKey(row.A),
                    B = LabelledRow.ToKey(row.B),
                    X = row.X == 0 ? float.NaN : row.X / 4f,
                    Y = row.X % 7 == 0 ? float.NaN : row.X * row.X,
                    Tags = row.Tags < 0 ? [float.NaN, float.NaN, float.NaN] : [row.Tags & 1, (row.Tags >> 1) & 1, row.Tags >> 2],
                }),
                _quick,
                "A",
                "B",
                "X",
                "Y",
                "Tags").ToString();

            Assert.Equal(Run(rows), Run(shuffled));
        });

    [Fact]
    public void Other_names_of_classes_change_nothing_but_the_permutations() =>
        Gen.Select(_rows, Gen.Shuffle((int[])[0, 1, 2, 3, 4])).Sample((rows, names) =>
        {
            TaskRelation original = LabelledRow.AnalyzeClasses(rows, _quick)["A", "B"];
            TaskRelation renamed = LabelledRow.AnalyzeClasses(rows.Select(row => (row.A < 0 ? -1 : names[row.A], row.B)), _quick)["A", "B"];

            Assert.Equal((original.IsFunction, original.IsInjective, original.IsSurjective, original.FunctionExceptions, original.InjectionExceptions, original.SurjectionExceptions), (renamed.IsFunction, renamed.IsInjective, renamed.IsSurjective, renamed.FunctionExceptions, renamed.InjectionExceptions, renamed.SurjectionExceptions));
            Assert.Equal(original.NormalizedMutualInformation, renamed.NormalizedMutualInformation, Rounding);
            Assert.Equal(original.ConditionalEntropy, renamed.ConditionalEntropy, Rounding);
        });

    [Fact]
    public void Bins_are_in_order_and_even() => Gen.Select(Gen.Int[1, 9].Array[1, 50], Gen.Int[2, 12]).Sample((counts, bins) =>
    {
        int[] placed = LabelCoding.GetBins(counts, bins);

        Assert.Equal(0, placed[0]);
        Assert.All(placed.Zip(placed.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 1));
        Assert.True(placed[^1] < bins);

        // A bin holds its share of rows, but for the values at its two ends that stay together.
        double share = counts.Sum() / (double)bins;
        Assert.All(counts.Zip(placed).GroupBy(value => value.Second), bin => Assert.True(bin.Sum(value => value.First) <= share + counts.Max()));
    });

    private static double Entropy(IEnumerable<int> values)
    {
        int[] all = [.. values];
        return -all.GroupBy(value => value).Sum(group => (double)group.Count() / all.Length * Math.Log2((double)group.Count() / all.Length));
    }
}
