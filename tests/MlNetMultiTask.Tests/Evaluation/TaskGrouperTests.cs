using CsCheck;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>The partition of tasks into groups that help one another most.</summary>
public sealed class TaskGrouperTests
{
    private const double Rounding = 1e-9;

    private static readonly Gen<(int Count, int Seed, bool Symmetric)> _few = Gen.Select(Gen.Int[1, 7], Gen.Int[0, 1_000_000], Gen.Bool);

    [Fact]
    public void A_task_gets_the_mean_of_what_the_others_of_its_group_do_for_it()
    {
        double[,] affinity =
        {
            { double.NaN, 0.4, -0.2 },
            { 0.1, 7, double.NaN },
            { -0.3, 0.2, double.NaN },
        };
        TaskGrouping grouping = TaskGrouper.Find(["a", "b", "c"], affinity, 2);

        Assert.True(grouping.IsExact);
        Assert.Equal([["a", "b"], ["c"]], grouping.Groups);
        Assert.Equal(2, grouping.NumberOfNetworks);
        Assert.Equal(["a", "b", "c"], grouping.PredictedEffects.Keys);
        Assert.Equal([0.1, 0.4, 0], grouping.PredictedEffects.Values);
        Assert.Equal(0.5, grouping.TotalEffect, Rounding);
        Assert.Equal(["[a, b, c]", "[a, b], [c]", "[a], [b], [c]"], grouping.Partitions.Select(partition => partition.ToString()));
        Assert.Equal([-0.1, 0.3, -0.1], grouping.AllInOne.PredictedEffects.Values.Select(effect => Math.Round(effect, 9)));
        Assert.Equal([1, 2, 3], grouping.Partitions.Select(partition => partition.NumberOfNetworks));
        Assert.Equal(0, grouping.Partitions[2].TotalEffect);
    }

    [Fact]
    public void For_few_tasks_it_is_the_best_of_all() => _few.Sample(drawn =>
    {
        double[,] affinity = Affinities.Draw(drawn.Count, drawn.Seed, drawn.Symmetric);
        ILookup<int, double> totals = Affinities.Partition(drawn.Count).ToLookup(partition => partition.Count, partition => Affinities.GetTotal(affinity, partition));
        TaskGrouping grouping = TaskGrouper.Find(Affinities.Names(drawn.Count), affinity, drawn.Count);

        Assert.Equal(drawn.Count, grouping.Partitions.Count);
        Assert.All(grouping.Partitions, partition => Assert.Equal(totals[partition.NumberOfNetworks].Max(), partition.TotalEffect, Rounding));
        Assert.All(grouping.Partitions, partition => Assert.Equal(Affinities.Names(drawn.Count), partition.Groups.SelectMany(group => group).Order(StringComparer.Ordinal)));
    });

    /// <summary>With 4,140 partitions of 8 tasks, the last size that is searched through.</summary>
    [Fact]
    public void Eight_tasks_are_searched_through_and_nine_are_not()
    {
        double[,] affinity = Affinities.Draw(8, 1);
        List<List<int>>[] all = [.. Affinities.Partition(8)];
        TaskGrouping grouping = TaskGrouper.Find(Affinities.Names(8), affinity, 3);

        Assert.Equal(4140, all.Length);
        Assert.Equal(all.Where(partition => partition.Count == 3).Max(partition => Affinities.GetTotal(affinity, partition)), grouping.TotalEffect, Rounding);
        Assert.True(grouping.IsExact);
        Assert.False(TaskGrouper.Find(Affinities.Names(9), Affinities.Draw(9, 1), 3).IsExact);
    }

    [Fact]
    public void Of_equal_partitions_the_first_is_taken()
    {
        static string Find(double value, int networks)
        {
            double[,] affinity = { { 0, value, value, value }, { value, 0, value, value }, { value, value, 0, value }, { value, value, value, 0 } };
            return TaskGrouper.Find(["a", "b", "c", "d"], affinity, networks).Best.ToString();
        }

        Assert.Equal("[a, b, c], [d]", Find(0, 2));
        Assert.Equal("[a, b], [c], [d]", Find(0, 3));
        Assert.Equal("[a, b], [c, d]", Find(0.1, 2));
        Assert.Equal("[a, b, c], [d]", Find(-0.1, 2));
    }

    /// <summary>How near the search by steps comes, where the best is known; the tasks that are not known count as 0 in both.</summary>
    [Fact]
    public void The_search_by_steps_is_never_better_than_the_best_and_seldom_worse()
    {
        int count = 0;
        int found = 0;
        double lost = 0;
        double all = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            int tasks = 5 + (seed % 4);
            double[,] affinity = Affinities.Draw(tasks, seed, symmetric: seed % 3 == 0);
            var known = new GroupEffects(affinity);
            double[] best = [.. ExactPartitions.Find(known).Select(groups => Affinities.GetTotal(affinity, Affinities.ToLists(groups)))];
            double[] steps = [.. GreedyPartitions.Find(known).Select(groups => Affinities.GetTotal(affinity, Affinities.ToLists(groups)))];

            Assert.Equal(tasks, steps.Length);
            Assert.All(best.Zip(steps), pair => Assert.True(pair.Second <= pair.First + Rounding));
            Assert.Equal([best[0], best[^1]], [steps[0], steps[^1]]);
            count += tasks - 2;
            found += Enumerable.Range(1, tasks - 2).Count(i => steps[i] >= best[i] - Rounding);
            lost += Enumerable.Range(1, tasks - 2).Sum(i => best[i] - steps[i]);
            all += Enumerable.Range(1, tasks - 2).Sum(i => Math.Abs(best[i]));
        }

        Assert.True(found >= 0.95 * count, $"{found} of {count}");
        Assert.True(lost <= 0.005 * all, $"{lost} of {all}");
    }

    [Fact]
    public void No_single_step_makes_what_was_found_better() => Gen.Select(Gen.Int[9, 13], Gen.Int[0, 1_000_000], Gen.Bool).Sample(
        drawn =>
        {
            double[,] affinity = Affinities.Draw(drawn.Item1, drawn.Item2, drawn.Item3);
            Assert.All(GreedyPartitions.Find(new GroupEffects(affinity)).Index(), found =>
            {
                double total = Affinities.GetTotal(affinity, Affinities.ToLists(found.Item));
                Assert.Equal(found.Index + 1, found.Item.Distinct().Count());
                Assert.All(Affinities.FindNeighbours(found.Item).Where(other => other.Length == found.Index + 1), other => Assert.True(Affinities.GetTotal(affinity, other) <= total + Rounding));
            });
        },
        iter: 20);

    /// <summary>Tasks have no order: the same groups are found, whatever comes first.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    public void The_order_of_the_tasks_plays_no_part(int count) => Gen.Select(Gen.Int[0, 1_000_000], Gen.Shuffle(Enumerable.Range(0, count).ToArray())).Sample(
        drawn =>
        {
            (int seed, int[] order) = drawn;
            double[,] affinity = Affinities.Draw(count, seed);
            string[] names = Affinities.Names(count);
            TaskGrouping usual = TaskGrouper.Find(names, affinity, 3);
            TaskGrouping other = TaskGrouper.Find([.. order.Select(i => names[i])], Affinities.Permute(affinity, order), 3);

            Assert.Equal(usual.Partitions.Select(Describe), other.Partitions.Select(Describe));
            Assert.All(names, name => Assert.Equal(usual.PredictedEffects[name], other.PredictedEffects[name], Rounding));
        },
        iter: 30);

    [Fact]
    public void Planted_groups_of_twelve_tasks_are_found()
    {
        int found = 0;
        for (int seed = 0; seed < 50; seed++)
        {
            int[] blocks = [.. Enumerable.Range(0, 12).Select(i => i * (seed + 5) % 12 % 3)];
            string[] names = Affinities.Names(12);
            TaskGrouping grouping = TaskGrouper.Find(names, Affinities.DrawBlocks(blocks, seed, symmetric: seed % 2 == 0), blocks.Distinct().Count());
            string planted = Describe(Affinities.ToLists(blocks).Select(block => block.Select(i => names[i])));
            found += planted == Describe(grouping.Best) ? 1 : 0;
        }

        Assert.True(found >= 49, $"{found} of 50");
    }

    [Fact]
    public void Sixty_tasks_in_six_groups_are_found_too()
    {
        int[] blocks = [.. Enumerable.Range(0, 60).Select(i => i % 6)];
        string[] names = Affinities.Names(60);
        TaskGrouping grouping = TaskGrouper.Find(names, Affinities.DrawBlocks(blocks, seed: 1), 6);

        Assert.Equal(Describe(Affinities.ToLists(blocks).Select(block => block.Select(i => names[i]))), Describe(grouping.Best));
        Assert.Equal(Enumerable.Range(1, 60), grouping.Partitions.Select(partition => partition.NumberOfNetworks));
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        static void Says(string words, IReadOnlyList<string> names, double[,] affinity, int networks) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => TaskGrouper.Find(names, affinity, networks)).Message, StringComparison.Ordinal);

        Says("There must be a task", [], new double[0, 0], 1);
        Says("its own name", ["a", "a"], new double[2, 2], 1);
        Says("are 2 x 3, and there are 2 tasks", ["a", "b"], new double[2, 3], 1);
        Says("infinite", ["a", "b"], new[,] { { 0, double.PositiveInfinity }, { 0, 0 } }, 1);
        Says("is 0; with 2 tasks, it must be from 1 to 2", ["a", "b"], new double[2, 2], 0);
        Says("is 3; with 2 tasks", ["a", "b"], new double[2, 2], 3);
    }

    private static string Describe(TaskPartition partition) => Describe(partition.Groups);

    private static string Describe(IEnumerable<IEnumerable<string>> groups) =>
        string.Join(" | ", groups.Select(group => string.Join(' ', group.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));
}
